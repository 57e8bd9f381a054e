"""`tanggap demo`: the main job, played once on a private instance with real phones; the story is told as it happens.

A caller dials 112, hears the greeting, presses 1 and talks to an operator; the operator's page pops, the ticket becomes
a fire and goes to Damkar; Damkar's phone rings and takes it with key 1. Exit 0 when all of it really happened.
"""

import asyncio
import contextlib
import random
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import yaml

from asterisk.errors import AsteriskError
from drills.page import OperatorPage, PageError
from drills.phones.softphone import Phone, Talk, phones
from drills.sounds.hearing import likeness
from instance import REPOSITORY, ConfigErrors, Instance, load
from operations import passwords
from operations.story import Story
from operations.up import RunningInstance, UpError
from processes.instance_lock import TakenError, alone
from processes.logs import to_file
from processes.running import real_clock
from processes.tasks import TaskKeeper
from tickets.model import Row

CALLER = "081234567890"
OPERATOR, OPD, DESK = "op1", "damkar", "damkar1"
CALLER_HZ, OPERATOR_HZ = 1300, 880
HEARD = 0.9
LONGEST_S = 40
# above those for sound, below those that the system hands out
PORTS = range(29200, 32760)


class DemoError(Exception):
    """Something that had to happen did not; the text says what."""


async def run(folder: Path | None, *, keep: bool) -> int:
    """Play the demo in `folder` (default: var/demo of the program); 0 when everything happened, else 1."""
    story, me = Story(), asyncio.current_task()
    assert me is not None
    _on_signals(me.cancel)
    home = (folder or REPOSITORY / "var" / "demo").resolve()
    story.say(f"[bold]Peragaan Tanggap 112[/bold] di {home} (instans tersendiri, selalu buka)")
    try:
        with alone(home):
            return await _run(prepare(home), story, keep=keep)
    except (ConfigErrors, TakenError) as error:
        story.say(str(error))
        return 1


async def _run(instance: Instance, story: Story, *, keep: bool) -> int:
    to_file(instance.var / "log" / "up.log")
    line, played = RunningInstance(instance, story), False
    try:
        await line.start()
        async with asyncio.timeout(LONGEST_S):
            await play(line, story)
        story.say("\n[green]Peragaan berhasil.[/green]")
        played = True
        await how_to_see(line, story, keep=keep)
        if keep:
            await asyncio.Event().wait()
        return 0
    except (DemoError, PageError, UpError, AsteriskError, TimeoutError) as error:
        story.say(f"\n[red]Peragaan gagal:[/red] {error or 'terlalu lama'}\nLog: {instance.var / 'log'}")
        return 1
    except asyncio.CancelledError:
        return 0 if played else 130
    finally:
        _on_signals(lambda: None)  # a second Ctrl-C must not leave half of it running
        with story.step("Berhenti"):
            await line.stop()


def _on_signals(react: Callable[[], object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, react)


_given: set[int] = set()


def prepare(home: Path) -> Instance:
    """The demo's own instance: the repository's routing, always open, on ports that are free now."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(REPOSITORY / "routing.yaml", home / "routing.yaml")
    (home / "hours.yaml").write_text("# peragaan: selalu buka\ndaily: 00:00-24:00\n", encoding="utf-8")
    site = yaml.load((REPOSITORY / "site.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    ports = free_ports(5)
    names = ("sip_port", "http_port", "ami_port", "agi_port")
    first_rtp = random.randrange(20000, 29000, 200)
    site["asterisk"] |= {name: str(port) for name, port in zip(names, ports, strict=False)}
    site["asterisk"] |= {"sip_bind": "127.0.0.1", "rtp_start": str(first_rtp), "rtp_end": str(first_rtp + 199)}
    site["asterisk"]["trunks"] = {"peragaan": {"match": ["127.0.0.1"]}}
    site["console"] = {"bind": "127.0.0.1", "port": str(ports[4])}
    site["calls"] = {**site.get("calls", {}), "short_talk": "0s"}  # its operator hangs up after seconds, and means it
    site.pop("tls", None)
    text = yaml.safe_dump(site, allow_unicode=True, sort_keys=False)
    (home / "site.yaml").write_text("# peragaan: ditulis ulang setiap kali\n" + text, encoding="utf-8")
    return load(home)


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now, TCP and UDP, and that were not given out before."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.choice(PORTS)
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, contextlib.suppress(OSError):
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                ports.append(port)
    return ports


async def new_password(line: RunningInstance, user: str) -> str:
    """A fresh password for a user of the demo; the former one is kept nowhere."""
    password = passwords.generate()
    hashed = await asyncio.to_thread(passwords.hashed, password)
    now = real_clock()
    await line.store.write(lambda store: store.people.set_password(now, user, hashed))
    return password


async def play(line: RunningInstance, story: Story) -> None:
    """Plays the story; DemoError at the first step that does not happen."""
    instance, keeper = line.instance, TaskKeeper()
    server = f"127.0.0.1:{instance.site.asterisk.sip_port}"
    page = OperatorPage(instance.site.console, OPERATOR, keeper.start)
    try:
        async with phones() as runtime:
            sip = load(instance.home).secrets.sip
            operator = await Phone.register(runtime, server, OPERATOR, sip[OPERATOR], keeper.start)
            station = await Phone.register(runtime, server, DESK, sip[DESK], keeper.start)
            story.tell(f"telepon operator {OPERATOR} dan telepon pos Damkar {DESK} terdaftar")
            await page.open(await new_password(line, OPERATOR))
            await page.ready()
            story.tell(f"operator {OPERATOR} masuk ke halaman dan menekan «Siap»")
            caller = await Phone.outside(runtime, server, CALLER, keeper.start)
            ticket = await _call(line, story, page, caller, operator)
            await _dispatch(line, story, page, station, ticket)
            await _show(line, story, ticket)
    finally:
        await page.close()
        await keeper.close()


async def _call(line: RunningInstance, story: Story, page: OperatorPage, caller: Phone, operator: Phone) -> str:
    story.tell(f"{CALLER} menelepon 112")
    talk = await caller.dial("112")
    await talk.up()
    story.tell("112 menjawab")
    prompt = line.instance.var / "prompts" / "menu-utama.wav"
    heard = await _hear(talk, prompt)
    story.tell(f"penelepon mendengar sapaan «menu-utama» (korelasi dengan berkas suara {heard:.3f})")
    await talk.press("1")
    story.tell("penelepon menekan 1 (darurat)")
    ringing = await operator.rings()
    story.tell(f"telepon {OPERATOR} berdering")
    pop = await page.pop()
    story.tell(f"layar operator menampilkan {pop['display']}, tiket {pop['ticket']}")
    spoken = await operator.answer(ringing)
    both = await asyncio.gather(talk.hears(OPERATOR_HZ), spoken.hears(CALLER_HZ))
    if not all(both):
        raise DemoError(f"suara tidak sampai: penelepon mendengar operator {both[0]}, operator mendengar {both[1]}")
    story.tell("operator menjawab; penelepon mendengar operator dan operator mendengar penelepon")
    await page.save(pop["ticket"], {
        "kind": "emergency", "category": "kebakaran", "kecamatan": "Tahunan", "desa": "Mantingan",
        "address": "Mebel di sebelah masjid", "description": "Gudang mebel terbakar, tidak ada orang di dalam.",
        "reporter_name": "Ibu Sari",
    })  # fmt: skip
    await asyncio.sleep(1)
    await spoken.hang_up()
    await talk.ended()
    story.tell("pembicaraan selesai")
    return str(pop["ticket"])


async def _hear(talk: Talk, prompt: Path) -> float:
    """Listen until the prompt was heard; DemoError when it was not."""
    best = 0.0
    for _ in range(80):
        await asyncio.sleep(0.25)
        best = max(best, await asyncio.to_thread(likeness, bytes(talk.heard), prompt))
        if best >= HEARD:
            return best
    raise DemoError(f"penelepon tidak mendengar sapaan {prompt.name} (korelasi {best:.3f})")


async def _dispatch(line: RunningInstance, story: Story, page: OperatorPage, station: Phone, ticket: str) -> None:
    await page.dispatch(ticket, [OPD])
    story.tell(f"operator melengkapi tiket {ticket}: kebakaran di Mantingan, Tahunan; «Kirim ke OPD» Damkar")
    ringing = await station.rings(10)
    story.tell("telepon pos Damkar berdering")
    talk = await station.answer(ringing)
    report = await _hear(talk, line.instance.var / "prompts" / "push-laporan-awal.wav")
    story.tell(f"petugas Damkar mendengar laporan (korelasi {report:.3f}) dan menekan 1")
    await talk.press("1")
    await _accepted(line, ticket)
    story.tell("Damkar menerima tugas; dorongan berhenti")
    with contextlib.suppress(TimeoutError):
        await talk.ended(5)
    await page.wrap_up_done()


async def _accepted(line: RunningInstance, ticket: str) -> Row:
    for _ in range(60):
        row = await line.store.read(lambda store: store.tickets.show(ticket))
        for assignment in row["assignments"]:
            if assignment["state"] == "diterima" and assignment["via"] == "call":
                return dict(assignment)
        await asyncio.sleep(0.1)
    raise DemoError(f"tiket {ticket} tidak diterima Damkar: {row['assignments']}")


async def _show(line: RunningInstance, story: Story, number: str) -> None:
    ticket = await line.store.read(lambda store: store.tickets.show(number))
    call = await line.store.read(lambda store: store.calls.get(ticket["call"]))
    recording = line.instance.var / "asterisk" / "spool" / "recording" / f"{call['recording']}.wav"
    if not recording.exists():
        raise DemoError(f"rekaman pembicaraan tidak ada: {recording}")
    story.say(f"\n[bold]Tiket {number}[/bold]: {ticket['category']}, {ticket['place']['desa']}, "
              f"{ticket['place']['kecamatan']}; {ticket['description']}")  # fmt: skip
    for row in ticket["assignments"]:
        story.say(f"  {row['opd']}: {row['state']} oleh {row['acknowledged_by']} lewat {row['via']}, "
                  f"{row['pushes']} dorongan")  # fmt: skip
    story.say(f"  rekaman {recording} ({recording.stat().st_size // 1000} kB)")


async def how_to_see(line: RunningInstance, story: Story, *, keep: bool) -> None:
    """Print the way to the demo's pages: address and fresh passwords if it goes on, else the command that keeps it."""
    if keep:
        story.say(f"\nBuka {line.instance.site.console.url} (Ctrl-C menghentikan):")
        for user, page in ((OPERATOR, "halaman operator"), (OPD, "halaman Damkar"), ("pusdalops", "pantauan")):
            story.say(f"  {user:<10} {await new_password(line, user)}   {page}")
    else:
        story.say("\nLihat halamannya: bash scripts/run --demo --keep")
        story.say(f"Lihat tiketnya:   .venv/bin/tanggap --home {line.instance.home} tickets list")
