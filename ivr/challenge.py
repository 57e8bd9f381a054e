"""The challenge of a doubted call: press the two digits you hear. It sets the lane; nobody is hung up on."""

from datetime import datetime
from hashlib import sha256

from ivr import events as ev
from ivr import keys, lineup, patience
from ivr.state import Script
from ivr.step import Step

DIGITS = "123456789"
# one wrong key may be the menu's key pressed twice
MAX_WRONG = 2


def two_digits(call: str, last: str) -> str:
    """Two different digits, always the same for one call and different from call to call.

    The first is not `last`, the key pressed just before: pressed twice by mistake, it would count as a digit.
    """
    drawn = sha256(call.encode()).digest()
    first = _draw(drawn[:4], not_this=last)
    return first + _draw(drawn[4:8], not_this=first)


def _draw(drawn: bytes, not_this: str) -> str:
    left = [digit for digit in DIGITS if digit != not_this]
    return left[int.from_bytes(drawn, "big") % len(left)]


def begin(step: Step, lane: str, mark: str | None, script: Script) -> None:
    """Ask for the two digits before the call goes into `lane`."""
    step.set(code=two_digits(step.state.call, step.state.keys[-1:]), wanted=lane, wanted_mark=mark)
    ask(step, script)


def ask(step: Step, script: Script, *, tries: int = 1) -> None:
    """Say the two digits, for the `tries`-th time."""
    step.calm()
    step.set(stage="challenge", tries=tries, progress=0, wrong=0)
    step.say(script.challenge, *(f"angka-{digit}" for digit in step.state.code or ""), then="patience")


def key(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Match a key against the code, wherever its digits stand among the keys; only the first digit stops the prompt."""
    pressed = keys.remember_key(step, event)
    step.set(person=True, spoke=False)
    code, progress = step.state.code or "", step.state.progress
    if progress and pressed == code[1:]:
        _passed(step, script)
        return
    first = pressed == code[:1]
    step.set(progress=int(first), wrong=step.state.wrong + (not first or progress > 0))
    if step.state.wrong >= MAX_WRONG:
        _again(step, script, mark="salah angka")
    elif first:
        step.hush()
        patience.begin(step, now, script.screening.challenge_patience_s, script)


def quiet(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Ask again after a pause without a key; a caller who speaks instead cannot or will not press, and is not asked."""
    if step.state.spoke:
        _failed(step, script, mark="tanpa angka")
    else:
        _again(step, script, mark="tanpa angka")


def _again(step: Step, script: Script, mark: str) -> None:
    if step.state.tries < script.screening.challenge_tries:
        ask(step, script, tries=step.state.tries + 1)
    else:
        _failed(step, script, mark)


def _passed(step: Step, script: Script) -> None:
    step.note("call.challenge", result="passed", tries=step.state.tries)
    lineup.into_line(step, step.state.wanted or "urgent", script, mark=step.state.wanted_mark)


def _failed(step: Step, script: Script, mark: str) -> None:
    """Put the call into `unverified`, never `silent`: whoever reaches the challenge has pressed a key."""
    step.note("call.challenge", result="failed", tries=step.state.tries)
    lineup.into_line(step, "unverified", script, mark=mark)
