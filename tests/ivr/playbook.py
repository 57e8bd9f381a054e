"""Transcripts of a call: this event in, exactly these commands out (after mitmproxy's Playbook).

    waiting("normal").event(ev.Offered(("sari",))).expect(Ring("sari", "op-c1-9"), note("operator.ringing", …))

Every step also proves that the state survives its way through JSON, as it does in the store.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from ivr import commands as do
from ivr import events as ev
from ivr import flow
from ivr.hours import AfterHours, Hours, Window
from ivr.menu import Choice, Menu, Menus
from ivr.screening_rules import ScreeningRules
from ivr.state import CallState, Leg, Script, from_dict, to_dict

CALL = "c1"
WIB = ZoneInfo("Asia/Jakarta")
OPEN = datetime(2026, 11, 22, 12, 0, tzinfo=WIB)
CLOSED = datetime(2026, 11, 22, 22, 0, tzinfo=WIB)

HOURS = Hours("Asia/Jakarta", ((Window(time(7), time(21)),),) * 7, {}, AfterHours(max_message_s=120.0))
WHY_OPEN = "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"
WHY_CLOSED = (
    "tutup: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB; buka lagi Senin 23 November 2026 pukul 07.00 WIB"
)

MAIN = Menu(
    "utama",
    "menu-utama",
    tries=2,
    patience_s=4.0,
    keys={
        "1": Choice("urgent", "emergency", None, "Darurat"),
        "2": Choice("normal", "complaint", None, "Pengaduan"),
        "3": Choice(None, None, "lain", "Lainnya"),
    },
    again="menu-ulang",
)
OTHER = Menu(
    "lain", "menu-lain", tries=3, patience_s=6.0, keys={"1": Choice("normal", "information", None, "Informasi")}
)
SCRIPT = Script(Menus("utama", {"utama": MAIN, "lain": OTHER}), HOURS)
ALONE = replace(MAIN, keys={key: choice for key, choice in MAIN.keys.items() if choice.menu is None})
ONE_MENU = replace(SCRIPT, menus=Menus("utama", {"utama": ALONE}))
NO_SCREENING = replace(SCRIPT, screening=ScreeningRules(enabled=False))
NO_CHALLENGE = replace(SCRIPT, screening=ScreeningRules(challenge_tries=0))
CODE = "45"  # the two digits that challenge.two_digits gives call c1 after key 1

# «1 darurat -> 1 kebakaran, 2 kesehatan …», with keys that repeat, go back and speak Javanese
FIRST = Menu(
    "utama",
    "menu-dua-bahasa",
    tries=2,
    patience_s=4.0,
    keys={
        "1": Choice(None, "emergency", "darurat", "Darurat"),
        "2": Choice("normal", "complaint", None, "Pengaduan"),
        "9": Choice(None, None, None, "Basa Jawa", language="jv"),
    },
    repeat="*",
)
KINDS_OF_EMERGENCY = Menu(
    "darurat",
    "menu-darurat",
    tries=2,
    patience_s=5.0,
    keys={
        "1": Choice("urgent", "emergency", None, "Kebakaran", category="kebakaran"),
        "4": Choice(None, None, "polisi", "Polisi", category="kriminal"),
    },
    repeat="*",
    back="0",
)
POLICE = Menu(
    "polisi",
    "menu-polisi",
    tries=2,
    patience_s=5.0,
    keys={
        "1": Choice("urgent", None, None, "Sedang terjadi"),
        "2": Choice("normal", "complaint", None, "Sudah lewat", category="ketertiban"),
    },
    back="0",
)
JAVANESE = frozenset(("menu-dua-bahasa", "menu-darurat", "sambungkan", "angka-4", "antrean", "angka-2"))
TREE = replace(
    SCRIPT,
    menus=Menus("utama", {menu.name: menu for menu in (FIRST, KINDS_OF_EMERGENCY, POLICE)}),
    spoken_in={"jv": JAVANESE},
)
NO_MESSAGES = replace(SCRIPT, hours=replace(HOURS, after_hours=AfterHours(leave_message=False)))


def note(kind: str, **data: object) -> do.Note:
    """A journal row as the flow writes it."""
    return do.Note(kind, tuple((name, str(value)) for name, value in data.items()))


def leg(operator: str, number: int) -> Leg:
    """An operator's phone; `number` is the serial number that the flow gave it."""
    return Leg(f"op-{CALL}-{number}", operator)


def step(
    state: CallState, event: ev.Event, now: datetime = OPEN, script: Script = SCRIPT
) -> tuple[CallState, tuple[do.Command, ...]]:
    """One event through the flow; the state that becomes must be the same after a way through JSON."""
    after, commands = flow.handle(state, event, now, script)
    stored = json.dumps(to_dict(after))
    assert from_dict(json.loads(stored)) == after, stored
    return after, commands


class Playbook:
    """One call's transcript; `event` and `expect` take turns, so that no command goes unseen."""

    def __init__(self, state: CallState | None = None, *, now: datetime = OPEN, script: Script = SCRIPT) -> None:
        self.state = state or flow.begin(CALL)
        self.now = now
        self.script = script
        self._unseen: tuple[do.Command, ...] = ()

    def event(self, event: ev.Event) -> Playbook:
        """The world says this."""
        assert self._unseen == (), "commands that no `expect` named"
        self.state, self._unseen = step(self.state, event, self.now, self.script)
        return self

    def expect(self, *commands: do.Command) -> Playbook:
        """The flow answered with these commands, in this order, and no other."""
        assert list(commands) == list(self._unseen)
        self._unseen = ()
        return self

    def seen(self) -> tuple[do.Command, ...]:
        """The commands of the last event, where a test is about one of them only."""
        commands, self._unseen = self._unseen, ()
        return commands

    def is_now(self, **fields: object) -> Playbook:
        """The state has these values."""
        assert fields == {name: getattr(self.state, name) for name in fields}
        return self

    def at(self, now: datetime) -> Playbook:
        """It is `now` from here on."""
        self.now = now
        return self

    def under(self, script: Script) -> Playbook:
        """This configuration counts from here on (a reload)."""
        self.script = script
        return self

    def go(self, *events: ev.Event) -> Playbook:
        """Events on the way to what a test is about; their commands are not looked at."""
        for event in events:
            self.event(event)
            self._unseen = ()
        return self

    def heard(self) -> Playbook:
        """The present prompt is over; its commands are not looked at."""
        return self.go(ev.PlaybackEnded(str(self.state.playback)))

    def late(self) -> Playbook:
        """The present timer is up; its commands are not looked at."""
        return self.go(ev.Wakeup(str(self.state.timer)))


# -- calls at a stage


def menu(script: Script = SCRIPT) -> Playbook:
    """The first menu plays (playback pb-c1-1)."""
    return Playbook(script=script).go(ev.Arrived())


def challenge() -> Playbook:
    """A doubted call that pressed 1: the two digits play (pb-c1-2)."""
    return Playbook().go(ev.Arrived("reputation"), ev.Digit("1"))


def closed(script: Script = SCRIPT) -> Playbook:
    """The after-hours message plays (pb-c1-1)."""
    return Playbook(now=CLOSED, script=script).go(ev.Arrived())


def recording() -> Playbook:
    """The caller leaves a message (the prompt before it was pb-c1-2)."""
    return closed().go(ev.Digit("1")).heard()


def waiting(lane: str = "urgent") -> Playbook:
    """In the line and told so (pb-c1-2, timer position-3); `silent`: with music (timer silent-5)."""
    if lane == "silent":
        return menu().heard().late().heard().late()
    return menu().go(ev.Digit({"urgent": "1", "normal": "2"}[lane]))


def ringing(*operators: str, lane: str = "urgent") -> Playbook:
    """These operators' phones ring as op-c1-4, op-c1-5 …"""
    return waiting(lane).go(ev.Offered(operators or ("sari",)))


def talking(operator: str = "sari") -> Playbook:
    """In talk with this operator over op-c1-4."""
    return ringing(operator).go(ev.LegAnswered(f"op-{CALL}-4"))


def ended() -> Playbook:
    """The caller hung up in the menu."""
    return menu().go(ev.CallerGone())


STAGES: dict[str, Callable[[], Playbook]] = {
    "arrived": Playbook,
    "closed": closed,
    "menu": menu,
    "challenge": challenge,
    "waiting": waiting,
    "ringing": ringing,
    "talking": talking,
    "recording": recording,
    "ended": ended,
}


def present_events(state: CallState) -> Iterable[ev.Event]:
    """Every event there is, so named that it is about this state's present prompt, timer and leg."""
    part = state.talking.id if state.talking else state.legs[0].id if state.legs else f"op-{CALL}-99"
    return (
        ev.Arrived(),
        ev.Restored((part,), (part,), (CALL, part)),
        ev.Digit("1"),
        ev.Spoke(),
        ev.PlaybackEnded(state.playback or f"pb-{CALL}-99"),
        ev.Wakeup(state.timer or "position-99", 1),
        ev.Wakeup(state.timer or "position-99", 1, listened=True),
        ev.CallerGone(),
        ev.Cut(),
        ev.LeftToFailsafe(),
        ev.Offered(("dewi",)),
        ev.Taken("dewi"),
        ev.Taken("dewi", f"ls-{CALL}-1"),
        ev.Transferred("dewi"),
        ev.Finished(state.talking.operator if state.talking else "dewi"),
        ev.LegRinging(part),
        ev.LegAnswered(part),
        ev.LegEnded(part, "no_answer"),
        ev.Held(),
        ev.Resumed(),
        ev.Replaced("c2"),
        ev.Replaces("c0", None),
        ev.Replaces("c0", "dewi"),
        ev.Deaf("caller"),
        ev.HeardAgain("caller"),
        ev.StreamRestarted("caller"),
        ev.MessageRecorded(f"messages/2026/11/22/{CALL}", 3.5),
    )
