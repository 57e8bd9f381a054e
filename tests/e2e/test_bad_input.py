"""Bad input to a whole instance: each has a sentence that says what and what was expected, and leaves nothing behind.

Bad forms, bodies and photos: tests/console; every wrong line of YAML: tests/instance/test_loader.py.
"""

import asyncio
import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from baresip.errors import RegistrationError
from baresip.runtime import Runtime
from click.testing import CliRunner

from drills import demo
from drills.phones.softphone import Phone
from instance import FILES, REPOSITORY
from tanggap.program import main
from tests.asterisk.test_launch import fake
from tests.e2e.line import LineUnderTest

OPERATOR_HZ, CALLER_HZ = 880, 1300


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The shipped files in a folder of their own; nothing was ever started in it."""
    folder = tmp_path / "jepara"
    folder.mkdir()
    for name in FILES:
        shutil.copy(REPOSITORY / name, folder)
    return folder


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """An instance on free ports, with its secrets, never started."""
    return demo.prepare(tmp_path / "siap").home


def tanggap(home: Path, *words: str) -> tuple[int, str]:
    """Exit status and output of a command that asks and answers."""
    done = CliRunner().invoke(main, ["--home", str(home), *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


async def process(home: Path, *words: str, code: str = "") -> tuple[int, str]:
    """Exit status and output of `tanggap` as a process of its own; `code` runs before it."""
    start = ("-m", "tanggap") if not code else ("-c", f"{code}\nfrom tanggap.program import main\nmain()")
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, *start, "--home", str(home), *words), cwd=REPOSITORY,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(started.communicate(), 60)
    return started.returncode or 0, output.decode()


def running(home: Path) -> list[int]:
    """Processes that have this instance on their command line."""
    places = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(home).encode() in (folder / "cmdline").read_bytes():
                places.append(int(folder.name))
    return places


def edit(home: Path, name: str, *changes: tuple[str, str]) -> None:
    """Replace words of a file."""
    text = (home / name).read_text()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    (home / name).write_text(text)


def place(home: Path, name: str, words: str) -> str:
    """Place of this text in a file, as line:column."""
    before, _, _ = (home / name).read_text().partition(words)
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def meant(word: str) -> str:
    """The end of a sentence about a misspelt word."""
    return f'diharapkan "{word}" (mungkin itu maksudnya)'


# -- configuration


async def test_five_different_errors_are_five_lines(home: Path) -> None:
    """`check`: every error of every file at once, each with its place; `up` says the same and starts nothing."""
    edit(home, "routing.yaml", ("lane: urgent", "lane: urgen"), ("ladder: darurat", "ladder: dararat"))
    edit(home, "hours.yaml", ("daily: 07:00-21:00", "daily: 07:00-25:00"))
    edit(home, "site.yaml", ("time_zone: Asia/Jakarta", "time_zone: Asia/Jakata"), ("port: 8112", "port: 811200"))
    clock = "diharapkan JJ:MM antara 00:00 dan 24:00"
    status, output = tanggap(home, "check")
    assert (status, output.splitlines()) == (
        1,
        [
            f'hours.yaml:{place(home, "hours.yaml", "07:00-25:00")}: jam "25:00" tidak sah, {clock}',
            f'routing.yaml:{place(home, "routing.yaml", "urgen,")}: "urgen" tidak dikenal, {meant("urgent")}',
            f'routing.yaml:{place(home, "routing.yaml", "dararat")}: tangga "dararat" tidak ada, {meant("darurat")}',
            f'site.yaml:{place(home, "site.yaml", "Asia/Jakata")}: zona waktu "Asia/Jakata" tidak dikenal, '
            + meant("Asia/Jakarta"),
            f'site.yaml:{place(home, "site.yaml", "811200")}: port "811200" tidak sah, '
            "diharapkan bilangan bulat 1 sampai 65535",
        ],
    )
    assert await process(home, "up") == (1, output)
    assert not (home / "var").exists()


async def test_malformed_yaml_stops_the_start(home: Path) -> None:
    """One file that is no YAML: its line; nothing is made."""
    (home / "routing.yaml").write_text("start: utama\n\tmenus: {\n")
    line = (
        "routing.yaml:2:1: YAML tidak sah: tanda ini (tab, @, ` atau %) tidak boleh di awal, "
        "diharapkan spasi, atau tanda kutip\n"
    )
    assert tanggap(home, "check") == (1, line)
    assert await process(home, "up") == (1, line)
    assert not (home / "var").exists()


async def test_a_home_that_is_not_there(tmp_path: Path) -> None:
    """A mistyped --home is named, and not made."""
    missing = tmp_path / "jeparaa"
    line = f"{missing}: folder instans tidak ada, diharapkan folder berisi routing.yaml, hours.yaml, site.yaml\n"
    assert tanggap(missing, "check") == (1, line)
    assert tanggap(missing, "explain") == (1, line)
    assert tanggap(missing, "user", "add", "budi", "--role", "operator") == (1, line)
    assert await process(missing, "up") == (1, line)
    database = missing / "var" / "tanggap.db"
    assert tanggap(missing, "calls", "list") == (
        1,
        f"gagal: belum ada basis data {database}; jalankan dulu: scripts/run (atau tanggap up)\n",
    )
    assert not missing.exists()


@pytest.mark.parametrize("at", ["kemarin", "2026-02-30T10:00", "25:00", "", "2026-11-22T21:00 WIB", "-1", "9" * 400])
async def test_explain_a_moment_that_is_none(home: Path, at: str) -> None:
    """The value given and the value expected; exit 1."""
    given = f"{at[:60]}…" if len(at) > 60 else at
    sentence = f'gagal: waktu "{given}" tidak sah, diharapkan seperti 2026-11-22T21:00\n'
    assert tanggap(home, "explain", "--at", at) == (1, sentence)


async def test_explain_hostile_numbers_and_keys(home: Path) -> None:
    """Whatever stands where a number or keys should: a story, or a sentence, never a traceback."""
    for number in ("", "x" * 5000, '"><script>', "+" * 40, "\x00", "0" * 30):
        status, output = tanggap(home, "explain", "--at", "2026-11-22T12:00", "--from", number, "--keys", "1")
        assert (status, "Jalur mendesak" in output) == (0, True), number
    for keys in ("abc", "1" * 5000, "*#", " 1", "١"):
        status, output = tanggap(home, "explain", "--at", "2026-11-22T12:00", "--keys", keys)
        assert status in (0, 1) and "Traceback" not in output, keys


async def test_the_machines_clock_zone_does_not_count(home: Path) -> None:
    """A server on the wrong zone opens and closes by the site's."""
    outputs = set()
    for zone in ("UTC", "America/New_York", "Asia/Jayapura", "Tidak/Ada"):
        code = f"import os, time\nos.environ['TZ'] = '{zone}'\ntime.tzset()"
        outputs.add(await process(home, "explain", "--at", "2026-11-22T21:00", "--from", "081234567890", code=code))
    [(status, output)] = outputs
    assert status == 0
    assert output.splitlines()[0].endswith("Minggu 22 November 2026 pukul 21.00 WIB.")
    assert output.splitlines()[1].startswith("Tutup: ")


# -- starting


async def test_a_port_in_use_is_named_with_its_setting(ready: Path) -> None:
    """All taken ports at once, before anything is started; the ports are free afterwards and `up` left no process."""
    site = demo.load(ready).site
    wanted = {
        "asterisk.sip_port": (site.asterisk.sip_port, socket.SOCK_DGRAM),
        "asterisk.http_port": (site.asterisk.http_port, socket.SOCK_STREAM),
        "asterisk.ami_port": (site.asterisk.ami_port, socket.SOCK_STREAM),
        "asterisk.agi_port": (site.asterisk.agi_port, socket.SOCK_STREAM),
        "console.port": (site.console.port, socket.SOCK_STREAM),
    }
    with contextlib.ExitStack() as taken:
        for port, kind in wanted.values():
            holder = taken.enter_context(socket.socket(type=kind))
            holder.bind(("127.0.0.1", port))
            if kind is socket.SOCK_STREAM:
                holder.listen()
        status, output = await process(ready, "up")
    words = {socket.SOCK_DGRAM: "udp", socket.SOCK_STREAM: "tcp"}
    lines = [
        f"Port {port}/{words[kind]} di 127.0.0.1 sudah dipakai; ganti {setting} di site.yaml atau hentikan pemakainya."
        for setting, (port, kind) in wanted.items()
    ]
    assert (status, output) == (1, "gagal: " + "\n".join(lines) + "\n")
    assert running(ready) == []
    assert not (ready / "var" / "tanggap.db").exists()
    assert not (ready / "var" / "asterisk" / "etc" / "asterisk.conf").exists()


async def test_an_asterisk_that_is_too_old(ready: Path, tmp_path: Path) -> None:
    """The one that was found, its version, and what is needed."""
    fake(tmp_path / "tua", "Asterisk 18.10.0~dfsg")
    old = tmp_path / "tua" / "usr" / "sbin" / "asterisk"
    code = (
        "from pathlib import Path\nimport operations.phone_system as system\nfrom asterisk.binary import locate\n"
        f"system.locate = lambda repo: locate(Path({str(tmp_path)!r}), Path({str(tmp_path / 'tua')!r}))"
    )
    sentence = (
        f"gagal: Asterisk terlalu lama: {old} adalah versi 18.10.0, padahal perlu 20 atau lebih baru. "
        "Jalankan scripts/setup.\n"
    )
    for command in (("up",), ("asterisk", "start"), ("asterisk", "status"), ("asterisk", "render")):
        assert await process(ready, *command, code=code) == (1, sentence), command
    assert not (ready / "var" / "tanggap.db").exists()
    assert not (ready / "var" / "asterisk").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.skipif(Path("/usr/sbin/asterisk").exists(), reason="nothing would have to be installed here")
async def test_without_root_the_set_up_says_what_it_needs_root_for() -> None:
    """Somebody else runs scripts/run on a machine without Asterisk: what is missing, and the command to type."""
    folder = Path(tempfile.mkdtemp(prefix="tgp-", dir="/tmp"))
    try:
        shutil.copytree(REPOSITORY / "scripts", folder / "scripts")
        for path in (*REPOSITORY.glob("requirements*"), REPOSITORY / "pyproject.toml"):
            shutil.copy(path, folder)
        subprocess.run(["chown", "-R", "65534:65534", str(folder)], check=True)
        nobody = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
        command = [*nobody, "bash", str(folder / "scripts" / "run")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/")
        assert (done.returncode, done.stderr) == (
            1,
            "\nGAGAL: Perlu hak root untuk memasang: asterisk.\n  -> Jalankan sebagai root: sudo bash scripts/run\n",
        )
        assert not (folder / ".venv").exists() and not (folder / ".asterisk" / "root").exists()
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '{"ari_password": "x"}', "\x00\xff"])
async def test_secrets_that_are_broken_are_not_replaced(ready: Path, content: str) -> None:
    """Passwords of phones may be in there: a sentence, and the file stays for a backup to mend."""
    path = ready / "var" / "secrets.json"
    path.write_text(content, encoding="latin-1")
    wrong = {
        "[1, 2]": "susunannya tidak dikenal",
        '{"ari_password": "x"}': '"ari_password" tidak ada atau terlalu pendek',
    }.get(content, "isinya bukan JSON yang benar")
    sentence = (
        f"var/secrets.json: {wrong}, diharapkan berkas yang dibuat program; "
        "pulihkan dari cadangan, atau hapus agar dibuat baru\n"
    )
    assert tanggap(ready, "check")[0] == 1
    assert sentence in tanggap(ready, "check")[1]
    assert await process(ready, "up") == (1, sentence)
    assert path.read_text(encoding="latin-1") == content


# -- the store


async def test_a_database_that_is_none(ready: Path) -> None:
    """Another file in its place: named by every command, kept as it is (`up` sets it aside: test_up.py)."""
    database = ready / "var" / "tanggap.db"
    database.write_text("ini bukan basis data\n" * 500)
    sentence = f"gagal: basis data {database} tidak bisa dibuka: file is not a database\n"
    for command in (("calls", "list"), ("tickets", "list"), ("journal",), ("user", "list")):
        assert tanggap(ready, *command) == (1, sentence), command
    assert database.read_text() == "ini bukan basis data\n" * 500


async def test_somebody_elses_database(ready: Path) -> None:
    """A database of another program, with tables of our names: a sentence, and not a table of theirs is changed."""
    database = ready / "var" / "tanggap.db"
    with contextlib.closing(sqlite3.connect(database)) as other:
        other.execute("CREATE TABLE calls (id INTEGER PRIMARY KEY, nama TEXT)")
        other.commit()
    status, output = tanggap(ready, "calls", "list")
    assert (status, output) == (1, "gagal: basis data tidak bisa ditulis: table calls already exists\n")
    with contextlib.closing(sqlite3.connect(database)) as other:
        assert [row[0] for row in other.execute("SELECT name FROM sqlite_master")] == ["calls"]


async def test_an_unknown_ticket_number(line: LineUnderTest) -> None:
    """The thing asked for is not there; exit 1."""
    home = line.house.instance.home
    for number in ("T-20261122-9999", "halo", "' OR 1=1 --", "T-20261122-0001\x00", ""):
        assert tanggap(home, "tickets", "show", number) == (1, f"gagal: tiket {number} tidak ada\n")
        assert tanggap(home, "tickets", "show", number, "--json") == (1, f"gagal: tiket {number} tidak ada\n")


# -- phones


async def test_a_phone_with_the_wrong_password_is_not_there(line: LineUnderTest, sip: Runtime) -> None:
    """It gets 401: the operator counts as unregistered and is not rung, until the right password is typed."""
    with pytest.raises(RegistrationError):
        await Phone.register(sip, line.house.server, "op1", "salah-sama-sekali", line.keeper.start)
    await line.ask("request.presence", operator="op1", wanted="ready")
    await line.until(lambda: line.service.floor.roster.desks["op1"].wanted == "ready")
    talk = await line.dial()
    await talk.press("1")
    await line.stage("waiting")
    assert line.service.floor.ready() == ()
    presences = await line.store.read(lambda store: store.people.presences())
    assert [row["live"] for row in presences if row["operator"] == "op1"] == ["unregistered"]
    password = line.house.instance.secrets.sip["op1"]
    operator = await Phone.register(sip, line.house.server, "op1", password, line.keeper.start)
    line.agents.append(operator)
    await line.answer(operator, await operator.rings())
    assert await talk.hears(OPERATOR_HZ)
