"""`tanggap escalate`: pushes OPDs until they respond. Wires the daemon, its channels and the dialler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import aiohttp

from asterisk.ari import Ari
from asterisk.dial import APP, Dialler, Message
from asterisk.errors import AriError
from instance import Instance, secrets_file
from instance.spill_place import in_memory, spill_files
from line.trunk_room import TrunkRoom
from line.trunks import caller_id, endpoint, headers, mobile_trunk
from processes import page_answers
from processes.duties import Duties
from processes.tasks import TaskKeeper
from processes.vitals.measures import Vitals
from tanggap import wadul
from tickets import links
from tickets.derived_keys import WEBHOOK, derive
from tickets.errors import ChannelError
from tickets.escalation.contact_test_daemon import PageTests
from tickets.escalation.daemon import EscalationDaemon
from tickets.escalation.ladder import Report
from tickets.escalation.unwritten import Unwritten
from tickets.model import DuePush, Row
from tickets.notify import CHANNELS
from tickets.notify.channel import Announcer, CallAnswer, Means, Talk, Telephone, wire
from tickets.notify.channel import Dialler as Dial
from tickets.store.thread import StoreThread
from voice.speech import speak
from voice.spoken import Spoken

ARI_USER = "tanggap"
# duties that the daemon repeats itself after any error
REPEATED = ("escalate-cycle", "escalate-follow", "escalate-beat", "escalate-unsent")
TESTS_S = 120.0
# how long a push waits for room on its trunk
ROOM_S = 30.0
T = TypeVar("T")
Spawn = Callable[[str, Coroutine[Any, Any, Message]], "asyncio.Task[Message]"]


async def run(
    instance: Callable[[], Instance], clock: Callable[[], datetime], stop: asyncio.Event, vitals: Vitals
) -> None:
    """Push until `stop` is set; then hang up, give back what was claimed, and close.

    `instance` is asked anew for each push, so that a reloaded routing.yaml counts at once. Asterisk may be away:
    messages and pages are pushed all the same.
    """
    keeper, duties = TaskKeeper(), vitals.duties
    store = await StoreThread(instance().var / "tanggap.db").open()
    vitals.watch(store)
    site = instance().site

    def password() -> str:
        return secrets_file.present(instance().home, instance().secrets).ari_password

    unwritten = Unwritten(spill_files(instance(), "escalate"))
    ari = Ari(f"http://127.0.0.1:{site.asterisk.http_port}", APP, ARI_USER, password, keeper.start)
    try:
        async with aiohttp.ClientSession() as http:
            dialler = Dialler(ari, keeper.start)
            spoken = words(instance, clock)
            means = Means(
                store,
                clock,
                http,
                telephone(instance, dialler, spoken, keeper.start, TrunkRoom(ari, instance().var / "run")),
                loudspeaker(instance, dialler, spoken),
                mobiles=bool(site.mobile_trunk),
                webhook_key=lambda: webhook_key(instance().secrets.session_key),
                push_key=lambda: instance().secrets.push_key,
                web_push=site.web_push,
            )
            routing, zone = (lambda: instance().routing), ZoneInfo(site.time_zone)
            channels, link = wire(CHANNELS, means), link_of(instance, clock)
            daemon = EscalationDaemon(
                store,
                routing,
                channels,
                clock,
                _watched(keeper, duties),
                zone,
                link=link,
                unwritten=unwritten,
                page=page_of(instance),
                also=lambda: {"edition": instance().edition},
            )
            up = "1 while Asterisk is connected"
            vitals.gauge("tanggap_asterisk_connected", up, lambda: float(ari.connected), link="ari")
            vitals.gauge("tanggap_pushes_sending", "Pushes on their way now", lambda: daemon.sending)
            vitals.gauge("tanggap_journal_seen", "Last journal row that was followed", lambda: daemon.seen)
            daemon.on_beat = vitals.beat
            tests = PageTests(
                store,
                routing,
                wire(CHANNELS, means),
                clock,
                keeper.start,
                zone,
                ringing=lambda: daemon.ringing,
                link=test_link_of(instance, clock),
            )
            daemon.make_room = tests.make_room
            keeper.start("push-ari", ari.connect())
            socket = page_answers.socket_of(instance().var)
            duties.start(keeper.start, "answers", lambda: page_answers.serve(daemon.pressed, socket), limit_s=None)
            duties.start(keeper.start, "page-tests", tests.run, limit_s=TESTS_S, vital=False)
            wadul.start(partial(duties.start, keeper.start), instance, store, http, clock)
            # the daemon's duties are watched one by one; of the whole only its end is noticed
            pushing = duties.start(keeper.start, "escalate", daemon.run, limit_s=None)
            await stop.wait()
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)
    finally:
        await ari.close()
        await keeper.close()
        await unwritten.close()
        await store.close()


def _watched(keeper: TaskKeeper, duties: Duties) -> Callable[[str, Coroutine[Any, Any, T]], asyncio.Task[T]]:
    """A starter of the daemon's tasks: repeated duties are watched, each push has a limit of its own."""

    def start(name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        return keeper.start(name, duties.follow(name, work) if name in REPEATED else work)

    return start


def words(instance: Callable[[], Instance], clock: Callable[[], datetime]) -> Spoken:
    """The announcements of phone calls, spoken into files of this instance."""
    var = instance().var
    folders = var / "asterisk" / "spool" / "spoken", in_memory(instance()) / "spoken"
    return Spoken(folders, var / "prompts", speak, clock)


def telephone(
    instance: Callable[[], Instance],
    dialler: Dialler,
    spoken: Spoken,
    spawn: Spawn,
    room: TrunkRoom,
    *,
    wait_s: float = ROOM_S,
) -> Dial:
    """Adapt the dialler to the call channel: from a line and a report, find endpoint and words.

    The words are spoken into files while the phone rings. A call that finds no room on its trunk waits `wait_s` for it,
    and then fails with the number of channels in use: it is tried again like any other."""

    async def dial(line: Telephone, report: Report, talk: Talk) -> CallAnswer:
        site = instance().site
        try:
            place = endpoint(line, site)
            trunk = mobile_trunk(site) if line.kind == "mobile" else None
            await room.wait(trunk, wait_s)
        except (ChannelError, AriError) as error:
            # of this line alone: the contact's other telephone was rung before it
            return CallAnswer("unreachable", str(error))
        message = spawn("speech", spoken.message(report))
        try:
            return await dialler.call(
                place,
                message,
                talk,
                caller_id=caller_id(site, line),
                headers=headers(site, line),
                door=lambda: room.door(trunk),
            )
        finally:
            message.cancel()

    return dial


def loudspeaker(instance: Callable[[], Instance], dialler: Dialler, spoken: Spoken) -> Announcer:
    """Adapt the dialler to the speaker channel."""

    async def announce(line: Telephone, report: Report) -> CallAnswer:
        site = instance().site
        media = await spoken.announcement(report)
        return await dialler.announce(endpoint(line, site), media, caller_id=caller_id(site))

    return announce


def link_of(instance: Callable[[], Instance], clock: Callable[[], datetime]) -> Callable[[DuePush], str]:
    """The one-time link of a push; "" while the site has no public address."""

    def link(push: DuePush) -> str:
        current = instance()
        return links.address(current.secrets.link_key, current.site.console.public_url, push, clock())

    return link


def page_of(instance: Callable[[], Instance]) -> Callable[[str], str]:
    """The address of a ticket's page, for who logs in there; "" while the site has no public address."""

    def page(ticket: str) -> str:
        base = instance().site.console.public_url
        return f"{base.rstrip('/')}/tiket/{ticket}" if base else ""

    return page


def test_link_of(instance: Callable[[], Instance], clock: Callable[[], datetime]) -> Callable[[Row], str]:
    """The one-time link of a test push; a tap says that the message was read."""

    def link(row: Row) -> str:
        current = instance()
        base = current.site.console.public_url
        return links.test_address(current.secrets.link_key, base, row["id"], row["contact"], clock())

    return link


def webhook_key(session_key: str) -> bytes:
    """The key that signs webhooks, derived from the instance's secret; shown to admins in hexadecimal."""
    return derive(session_key, WEBHOOK).hex().encode()
