"""The menu, and what tells a person from silence; it orders calls and never ends one."""

from datetime import datetime

from ivr import events as ev
from ivr import keys, lineup
from ivr.menu import Menu
from ivr.state import Script
from ivr.step import Step


def ask(step: Step, menu: Menu, *, first: bool, again: str | None = None) -> None:
    tries = 1 if first else step.state.tries + 1
    step.calm()
    step.set(stage="menu", menu=menu.name, tries=tries)
    step.say(again or menu.prompt, then="patience")


def current(step: Step, script: Script) -> Menu:
    """The menu that the call is in; the first one where a reload took that away."""
    return script.menus.by_name.get(step.state.menu or "") or script.menus.first


def menu_key(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """A key is a sign of a person: the right one chooses, a wrong one is asked again and then put through."""
    key = keys.remember_key(step, event)
    step.set(person=True)
    menu = current(step, script)
    choice = menu.keys.get(key)
    if choice is None:
        if step.state.tries < menu.tries:
            ask(step, menu, first=False)
        else:
            lineup.into_line(step, "urgent", script, mark="salah tombol")
    elif choice.menu is not None:
        ask(step, script.menus.by_name[choice.menu], first=True)
    else:
        step.set(kind=choice.kind)
        lineup.into_line(step, choice.lane or "normal", script)


def menu_quiet(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Nobody pressed in time: who spoke is a person; who did not is asked again, and then stands in the silent lane."""
    menu = current(step, script)
    if step.state.person:
        lineup.into_line(step, "urgent", script, mark="tanpa tombol")
    elif step.state.tries < menu.tries:
        ask(step, menu, first=False, again=script.menu_again)
    else:
        lineup.into_line(step, "silent", script, mark="tanpa suara")


def spoke(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    step.set(person=True)
