"""Screening by menus, keys and voice: it sets the lane of a call and never ends one."""

from datetime import datetime

from ivr import challenge, keys, lineup, patience
from ivr import events as ev
from ivr.menu import Choice, Menu
from ivr.state import Script
from ivr.step import Step

# Keys that ask on (repeat, back, a language, another menu) could go on for ever: after so many questions put through.
MAX_ASKS = 12


def begin(step: Step, script: Script) -> None:
    """Ask the first question; with screening switched off nobody is asked anything."""
    if script.screening.enabled:
        ask(step, script.menus.first)
    else:
        step.calm()
        step.set(stage="menu", menu=None)
        step.say(script.greeting, then="through")


def ask(step: Step, menu: Menu, *, tries: int = 1, prompts: tuple[str, ...] = ()) -> None:
    """Ask a menu's question, for the `tries`-th time in a row."""
    step.calm()
    step.set(stage="menu", menu=menu.name, tries=tries, asks=step.state.asks + 1)
    step.say(*(prompts or (menu.prompt,)), then="patience")


def ask_anew(step: Step, script: Script) -> None:
    """Ask the present question again after our restart, by its short prompt where it was heard.

    The caller counts as a person from here on: a key may have been lost meanwhile."""
    if step.state.menu is None:
        begin(step, script)
        return
    menu = current(step, script)
    heard = step.state.playback is None or step.state.tries > 1
    step.set(person=True)
    ask(step, menu, prompts=(menu.again,) if heard and menu.again else ())


def current(step: Step, script: Script) -> Menu:
    """The menu that the call is in; the first one where a reload removed that."""
    return script.menus.by_name.get(step.state.menu or "") or script.menus.first


def menu_key(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Apply a key: a known one chooses, after a wrong one the menu is asked again, and then the call is put through."""
    key = keys.remember_key(step, event)
    step.set(person=True, spoke=False)
    if step.state.menu is None:  # screening is off: the greeting asks for no key
        return
    menu = current(step, script)
    choice = menu.keys.get(key)
    if choice is not None and choice.lane is not None:
        _take_for(step, choice)
        put_through(step, choice.lane, script)
    elif step.state.asks >= MAX_ASKS:
        put_through(step, "urgent", script, mark="salah tombol")
    elif choice is not None:
        _ask_on(step, menu, choice, script)
    elif key == menu.repeat:
        ask(step, menu, tries=step.state.tries)
    elif key == menu.back:
        _go_back(step, script)
    elif step.state.tries < menu.tries:
        ask(step, menu, tries=step.state.tries + 1)
    else:
        put_through(step, "urgent", script, mark="salah tombol")


def _take_for(step: Step, choice: Choice) -> None:
    """Classify the report by a key; where it names no kind or category, that of an earlier menu stays."""
    step.set(kind=choice.kind or step.state.kind, category=choice.category or step.state.category)


def _ask_on(step: Step, menu: Menu, choice: Choice, script: Script) -> None:
    if choice.language is not None:  # pressed again, its key leads back to Indonesian
        step.set(language=None if choice.language == step.state.language else choice.language)
        ask(step, menu)
        return
    _take_for(step, choice)
    step.set(trail=f"{step.state.trail}/{menu.name}".lstrip("/"))
    ask(step, script.menus.by_name[choice.menu or script.menus.start])


def _go_back(step: Step, script: Script) -> None:
    """Return to the menu before, and forget how its key classified the report."""
    trail, _, before = step.state.trail.rpartition("/")
    step.set(trail=trail, kind=None, category=None)
    ask(step, script.menus.by_name.get(before) or script.menus.first)


def menu_quiet(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Act on a pause without a key: put a caller who spoke through, ask others again, then to the lane `silent`."""
    menu = current(step, script)
    if step.state.person:
        put_through(step, "urgent", script, mark="tanpa tombol")
    elif step.state.tries < menu.tries:
        again = (menu.again,) if menu.again else (menu.prompt, script.any_key)
        ask(step, menu, tries=step.state.tries + 1, prompts=again)
    else:
        lineup.into_line(step, "silent", script, mark="tanpa suara")


def spoke(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Take a voice as a sign of a person; in a repeated menu, without any key so far, it puts the call through."""
    before = step.state
    step.set(person=True, spoke=True)
    if before.stage == "menu" and before.tries > 1 and not before.keys:
        put_through(step, "urgent", script, mark="tanpa tombol")
    elif before.stage in ("menu", "challenge"):
        patience.shorten(step, now, script)


def put_through(step: Step, lane: str, script: Script, mark: str | None = None) -> None:
    """Put the call into the line; a doubted caller meets the challenge first, or without a key goes to `unverified`."""
    rules = script.screening
    if not (step.state.doubted and rules.enabled and rules.challenge_tries):
        lineup.into_line(step, lane, script, mark=mark)
    elif step.state.keys:
        challenge.begin(step, lane, mark, script)
    else:
        lineup.into_line(step, "unverified", script, mark=mark)
