"""Keeps an instance's prompt files up to date with ivr/prompts.yaml, the instance's words and its recordings."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import yaml

from ivr.menu import LANGUAGES
from voice import music, speech
from voice.speech import PromptError, Voice, speak

__all__ = ["PROMPTS_YAML", "Prompt", "PromptError", "build", "read", "speak"]

PROMPTS_YAML = Path(__file__).resolve().parents[1] / "ivr" / "prompts.yaml"
SOUNDS: Mapping[str, Callable[[], music.Sound]] = {"nada": music.beep, "musik": music.music}
FIELDS = {"text", "say", "sound", "speed", "gap", "pad", "max_s"}
TRANSLATED = {field for language in LANGUAGES[1:] for field in (language, f"{language}_say")}
LEDGER = "prompts.json"
FASTEST = 190
Entry = dict[str, object]  # of the ledger: hash, text, recorded, seconds


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt with the instance's words filled in."""

    name: str
    text: str
    say: str
    sound: str = ""
    voice: Voice = field(default_factory=Voice)
    max_s: float | None = None


def read(prompts_yaml: Path, values: Mapping[str, str]) -> dict[str, Prompt]:
    """Read the prompts and fill {layanan} and {jam} in; PromptError, with the prompt's name, for a fault.

    A prompt NAME with a text in language L (`jv`) also yields NAME.L."""
    entries = yaml.load(prompts_yaml.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    if not isinstance(entries, dict):
        raise PromptError(f"{prompts_yaml}: diharapkan daftar nama prompt")
    return {name: _prompt(name, fields, values) for name, fields in _with_languages(entries)}


def build(prompts_yaml: Path, out: Path, values: Mapping[str, str], overrides: Path) -> list[str]:
    """Make every changed prompt as `out/NAME.wav`; returns their names.

    `overrides/NAME.wav`, a human recording, replaces a prompt or adds one. A recording that is no WAV file raises
    PromptError after all others are made; its prompt is spoken by the machine, so that the line has every prompt.
    """
    prompts = read(prompts_yaml, values)
    recordings = {path.stem: path for path in sorted(overrides.glob("*.wav"))} if overrides.is_dir() else {}
    out.mkdir(parents=True, exist_ok=True)
    ledger = _read_ledger(out)
    names = [*prompts, *(name for name in recordings if name not in prompts)]
    problems: list[str] = []

    def make(name: str) -> tuple[str, Entry | None]:
        path, known = out / f"{name}.wav", ledger.get(name, {})
        try:
            return name, _make(path, prompts.get(name), recordings.get(name), known, problems)
        except PromptError as error:
            problems.append(f"prompt {name}: {error}")
            return name, None

    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="prompts") as pool:
        made = {name: entry for name, entry in pool.map(make, names) if entry is not None}
    if made:
        ledger.update(made)
        _write_ledger(out, {name: entry for name, entry in ledger.items() if name in names})
    if problems:
        raise PromptError("\n".join(sorted(set(problems))))
    return list(made)


def _with_languages(entries: Mapping[str, object]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every prompt, and after it the same prompt in each other language in which it has a text."""
    for name, entry in entries.items():
        if not isinstance(entry, dict) or not entry.get("text"):
            raise PromptError(f"prompt {name}: diharapkan «text: kalimat»")
        fields = {str(key): str(value) for key, value in entry.items()}
        known = FIELDS | TRANSLATED
        if unknown := sorted(set(fields) - known):
            raise PromptError(f"prompt {name}: «{unknown[0]}» tidak dikenal; diharapkan {', '.join(sorted(known))}")
        own = {key: value for key, value in fields.items() if key in FIELDS}
        yield name, own
        for language in LANGUAGES[1:]:
            if text := fields.get(language):
                yield f"{name}.{language}", {**own, "text": text, "say": fields.get(f"{language}_say", text)}


def _prompt(name: str, fields: Mapping[str, str], values: Mapping[str, str]) -> Prompt:
    sound = fields.get("sound", "")
    if sound and sound not in SOUNDS:
        raise PromptError(f"prompt {name}: sound «{sound}» tidak dikenal; diharapkan {' atau '.join(SOUNDS)}")
    try:
        text = fields["text"].format_map(values)
        say = fields.get("say", fields["text"]).format_map(values)
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        raise PromptError(f"prompt {name}: isian {error} tidak dikenal; diharapkan {{layanan}} atau {{jam}}") from None
    try:
        before, after = (float(part) for part in fields.get("pad", "0.2 0.3").split())
        voice = Voice(int(fields.get("speed", 145)), int(fields.get("gap", 2)), before, after)
        max_s = float(fields["max_s"]) if "max_s" in fields else None
    except ValueError as error:
        raise PromptError(f"prompt {name}: speed, gap, pad dan max_s harus angka ({error})") from None
    return Prompt(name, text, speech.spoken(say), sound, voice, max_s)


def _make(
    path: Path, prompt: Prompt | None, recording: Path | None, known: Mapping[str, object], problems: list[str]
) -> Entry | None:
    """Make one file unless it is there with the same hash; returns its entry in the ledger, None when unchanged."""
    key = _hash(prompt, recording)
    if known.get("hash") == key and path.is_file():
        return None
    if recording is not None:
        try:
            length = _take_recording(recording, path)
            return {"hash": key, "text": prompt.text if prompt else "", "recorded": True, "seconds": round(length, 3)}
        except PromptError as error:
            problems.append(str(error))
            if prompt is None:
                return None
    assert prompt is not None
    length = _synthesise(prompt, path)
    return {
        "hash": "" if recording else key,  # a bad recording is tried, and reported, each time
        "text": prompt.text,
        "recorded": False,
        "seconds": round(length, 3),
    }


def _synthesise(prompt: Prompt, path: Path) -> float:
    if prompt.sound:
        with tempfile.TemporaryDirectory(prefix=".making-", dir=path.parent) as scratch:
            music.write(SOUNDS[prompt.sound](), made := Path(scratch, "made.wav"))
            os.replace(made, path)
        return speech.seconds(path)
    voice = prompt.voice
    length = speech.utter(prompt.say, path, voice)
    while prompt.max_s is not None and length > prompt.max_s and voice.speed < FASTEST:
        voice = replace(voice, speed=min(FASTEST, voice.speed + 10), gap=0)
        length = speech.utter(prompt.say, path, voice)
    return length


def _take_recording(recording: Path, path: Path) -> float:
    with recording.open("rb") as file:
        head = file.read(12)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise PromptError(f"{recording}: bukan berkas WAV; diharapkan rekaman WAV (PCM), misalnya 44,1 kHz 16 bit")
    try:
        length = speech.convert(recording, path, ["gain", "-n", "-3"])
    except (PromptError, OSError, EOFError) as error:
        raise PromptError(f"{recording}: rusak; diharapkan rekaman WAV (PCM) yang utuh ({error})") from None
    if length < 0.05:
        raise PromptError(f"{recording}: rekaman kosong; diharapkan suara sedikitnya 0,05 detik")
    return length


def _hash(prompt: Prompt | None, recording: Path | None) -> str:
    if recording is not None:
        return "rec-" + hashlib.sha256(recording.read_bytes()).hexdigest()
    facts = (asdict(prompt) if prompt else None, speech.VERSION, music.VERSION)
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _read_ledger(out: Path) -> dict[str, Entry]:
    try:
        ledger = json.loads((out / LEDGER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return ledger if isinstance(ledger, dict) else {}


def _write_ledger(out: Path, ledger: Mapping[str, Entry]) -> None:
    part = out / f".{LEDGER}.{os.getpid()}"
    part.write_text(json.dumps(ledger, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(part, out / LEDGER)
