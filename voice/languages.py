"""Lists the prompts of an instance, and the languages besides Indonesian that each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from ivr.menu import LANGUAGES


@dataclass(frozen=True, slots=True)
class Spoken:
    """Names of all prompts, and of those in each language: prompt NAME in language L is the file NAME.L.wav."""

    names: tuple[str, ...]
    within: Mapping[str, frozenset[str]]


def spoken(prompts_yaml: Path, recordings: Path) -> Spoken | None:
    """Read the names from ivr/prompts.yaml and the instance's own recordings; None where that fails."""
    try:
        known = yaml.load(prompts_yaml.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, yaml.YAMLError):
        return None
    if not isinstance(known, dict):
        return None
    recorded = sorted(path.stem for path in recordings.glob("*.wav"))
    names = [*known, *(name for name in recorded if name not in known and "." not in name)]
    within = {language: _within(language, known, recorded) for language in LANGUAGES[1:]}
    return Spoken(tuple(names), within)


def _within(language: str, known: Mapping[str, object], recorded: list[str]) -> frozenset[str]:
    written = {name for name, entry in known.items() if isinstance(entry, dict) and entry.get(language)}
    return frozenset(
        written | {name.removesuffix(f".{language}") for name in recorded if name.endswith(f".{language}")}
    )
