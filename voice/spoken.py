"""Speaks the messages of call-outs: report and reply texts, each spoken into a file once, between prompts.

Where speech fails the prompts alone are played.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from asterisk.dial import Message
from tickets.escalation.ladder import Report
from tickets.notify.channel import Heard
from voice.speech import VERSION

# Reports hold addresses and what happened to people: a file is kept for a day.
KEEP_S = 86_400.0

log = structlog.get_logger(__name__)


class Spoken:
    """Makes messages for the dialler; `speak(text, path)` makes a WAV file, blocking, in a thread.

    A file goes into the first folder that takes it."""

    def __init__(
        self,
        folders: Sequence[Path],
        prompts: Path,
        speak: Callable[[str, Path], object],
        clock: Callable[[], datetime],
    ) -> None:
        self._folders = tuple(folders)
        self._prompts = prompts
        self._speak = speak
        self._clock = clock

    async def message(self, report: Report) -> Message:
        """Make the message for a report: its text, its repetition, and the reply to each answer."""
        if report.test:
            return await self._test(report)
        if report.amended:
            return await self._amended(report)
        text, read_back = await asyncio.gather(self._media(report.spoken), self._media(report.read_back))
        first, ask = self._prompt("push-laporan-awal"), self._prompt("push-tekan")
        if report.outside:
            ask = self._prompt("push-tekan-belum" if report.unsent else "push-tekan-tahu")
        again = (self._prompt("push-ulang"), *text) if text else (first,)
        thanks = self._prompt("push-terima-kasih")
        replies: dict[Heard, tuple[str, ...]] = {
            "accepted": (self._prompt("push-diterima"), *read_back, thanks),
            "departed": (self._prompt("push-berangkat"), *read_back, thanks),
            "refused": (self._prompt("push-bukan"), *read_back),
            "noted": (self._prompt("push-dicatat"),),
            "known": (self._prompt("push-tahu-belum" if report.unsent else "push-tahu"),),
            "taken": (self._prompt("push-sudah"),),
            "ended": (self._prompt("push-berakhir"),),
            "unfit": (self._prompt("push-tidak-berlaku"),),
        }
        return Message((first, *text, ask), (*again, ask), replies, whole=bool(text))

    async def _test(self, report: Report) -> Message:
        """Make the message of a test, which names itself as one first and last; any of the keys answers it."""
        parts = (*await self.announcement(report), self._prompt("push-uji-tekan"))
        thanks = (self._prompt("push-uji-terima-kasih"),)
        return Message(parts, parts, {"noted": thanks})

    async def _amended(self, report: Report) -> Message:
        """Make the message of what changed: one key says that it was heard, the others mean nothing here."""
        text, ask = await self._media(report.spoken), self._prompt("push-perubahan-tekan")
        if not text:  # no key says that it was heard
            failed = (self._prompt("push-perubahan-gagal"),)
            return Message(failed, failed, {"unfit": failed}, whole=False)
        replies: dict[Heard, tuple[str, ...]] = {
            "noted": (self._prompt("push-perubahan-dicatat"),),
            "unfit": (self._prompt("push-tidak-berlaku"),),
        }
        first = self._prompt("push-perubahan")
        return Message((first, *text, ask), (self._prompt("push-ulang"), *text, ask), replies)

    async def announcement(self, report: Report) -> tuple[str, ...]:
        """Make the announcement for a loudspeaker: the report, without keys."""
        first = "push-uji" if report.test else "push-laporan-awal"
        return self._prompt(first), *await self._media(report.spoken)

    async def _media(self, text: str) -> tuple[str, ...]:
        if not text:
            return ()
        try:
            path = await asyncio.to_thread(self._spoken, text)
        except Exception as error:  # any error: a phone that rings with fewer words is better than none
            log.error("speech.failed", error=str(error))
            return ()
        return (f"sound:{path.with_suffix('')}",)

    def _spoken(self, text: str) -> Path:
        key = hashlib.sha256(f"{VERSION}\n{text}".encode()).hexdigest()[:32]
        paths = [folder.resolve() / f"{key}.wav" for folder in self._folders]
        if there := next((path for path in paths if path.is_file()), None):
            return there
        for path in paths[:-1]:
            try:
                return self._made(text, path)
            except Exception as error:
                log.warning("speech.elsewhere", folder=str(path.parent), error=str(error))
        return self._made(text, paths[-1])

    def _made(self, text: str, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._forget_old(path.parent)
        self._speak(text, path)
        return path

    def _forget_old(self, folder: Path) -> None:
        oldest = self._clock().timestamp() - KEEP_S
        for path in folder.glob("*.wav"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def _prompt(self, name: str) -> str:
        return f"sound:{self._prompts.resolve()}/{name}"
