"""What an agency's phone says: the report, spoken into a file once, between two prompts; without speech the prompts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from asterisk.dial import Message
from tanggap.voice.speech import VERSION
from tickets.escalation import Report

# Reports hold addresses and what happened to people: a file is kept for a day.
KEEP_S = 86_400.0

log = structlog.get_logger(__name__)


class Spoken:
    """Messages for the dialler; `speak(text, path)` makes a WAV file, blocking, in a thread."""

    def __init__(
        self, folder: Path, prompts: Path, speak: Callable[[str, Path], object], clock: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._prompts = prompts
        self._speak = speak
        self._clock = clock

    async def message(self, report: Report) -> Message:
        """The message for a report; the same text is spoken into a file once a day."""
        try:
            path = await asyncio.to_thread(self._spoken, report.spoken)
        except Exception as error:  # whatever it is: a phone that rings with less to say is better than none
            log.error("speech.failed", error=str(error))
            told: tuple[str, ...] = (self._prompt("push-laporan-awal"),)
        else:
            told = (self._prompt("push-laporan-awal"), f"sound:{path.with_suffix('')}")
        ask = self._prompt("push-tekan")
        again = (self._prompt("push-ulang"), *told[1:], ask) if told[1:] else (*told, ask)
        return Message((*told, ask), again, (self._prompt("push-terima-kasih"),))

    def _spoken(self, text: str) -> Path:
        key = hashlib.sha256(f"{VERSION}\n{text}".encode()).hexdigest()[:32]
        path = self._folder.resolve() / f"{key}.wav"
        if not path.is_file():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._forget_old()
            self._speak(text, path)
        return path

    def _forget_old(self) -> None:
        oldest = self._clock().timestamp() - KEEP_S
        for path in self._folder.glob("*.wav"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def _prompt(self, name: str) -> str:
        return f"sound:{self._prompts.resolve()}/{name}"
