"""Finds places by a name that is misspelt, colloquial, or within a sentence. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from tickets.locating.spelling import AROUND, BESIDE, COMMON, DIRECTIONS, skeleton_of, sound_of, squeezed, words_of
from tickets.model import Row

MOST = 8
# below SHOWN nothing is proposed; from SURE on, and AHEAD of every other place, a place needs no question
SHOWN, SURE, AHEAD = 66.0, 88.0, 12.5
LONG_PART, LONG_BEGIN, BEGUN_LONG = 5, 6, 84.0
# a short name becomes another one by a single letter
SHORT_NAME, SURE_OF_SHORT = 6, 92.0
MOST_WORDS, LONGEST, LOOKED_AT, SHORTEST = 4, 12, 20, 3
# how much of a score is the sound; the rest is the writing
SOUND = 0.55
# the most for a name that is only begun
BEGUN = 90.0
# equal consonants alone; a name without its direction; a place whose kecamatan was named, too; a part of a longer name
CONSONANTS, SHORTENED, BESIDE_IT, WITHIN = 80.0, 0.95, 6.0, 25.0
# from here on a run of several words is a longer name, and its parts are none of their own
WHOLE = 84.0


@dataclass(frozen=True, slots=True)
class Place:
    """A named place; `desa` is the one it lies in, or its own name; empty for a kecamatan.

    `also`: further names by which people know it; `lat`, `lon` and `radius_m` (of its middle) where they are known."""

    name: str
    desa: str
    kecamatan: str
    kind: str = "desa"
    also: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A place and how well the text names it: `score` 0 to 100; `sure`: no other place can be meant.

    `whole`: the text is its name and nothing else."""

    place: Place
    score: float
    sure: bool
    whole: bool = True

    def as_row(self) -> Row:
        """The match as plain data; a kecamatan has no `desa`."""
        place = self.place
        row: Row = {"name": place.name, "kind": place.kind, "desa": place.desa or None, "kecamatan": place.kecamatan}
        row |= {"score": self.score, "sure": self.sure, "whole": self.whole}
        return row | {"lat": place.lat, "lon": place.lon}


@dataclass(frozen=True, slots=True)
class _Hit:
    """A place as a run of words names it: words `start` to `end` of the text."""

    at: int
    score: float
    start: int
    end: int
    shortened: bool = False
    beside: bool = False  # its kecamatan is named, too

    def beats(self, other: _Hit) -> bool:
        """True for the better of two hits of a place; its whole name is better than the name without its direction."""
        if self.shortened != other.shortened:
            whole = other if self.shortened else self
            return (whole is self) == (whole.score >= WHOLE)
        return (self.score, self.end - self.start) > (other.score, other.end - other.start)


class Gazetteer:
    """An index of places; made once per edition of the configuration."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        self._of_form: list[int] = []  # the place of each written form
        self._written: list[str] = []
        self._sounds: list[str] = []
        self._shortened: list[bool] = []
        self._by_skeleton: dict[str, list[int]] = defaultdict(list)
        self._by_writing: dict[str, list[int]] = defaultdict(list)
        for at, place in enumerate(self.places):
            for name in (place.name, *place.also):
                words = words_of(name)
                self._add(at, words)
                for part in _parts(words) if place.kind in ("desa", "kecamatan") else ():
                    self._add(at, part, shortened=True)
        self._names = [squeezed(words_of(place.name)) for place in self.places]
        self._in_order = sorted(self._by_writing)
        self._kecamatan = {place.kecamatan: squeezed(words_of(place.kecamatan)) for place in self.places}
        self._asked = _namesakes(self.places)
        self._by_name = {(place.kecamatan, place.desa, place.name): place for place in self.places}

    def _add(self, at: int, words: list[str], *, shortened: bool = False) -> None:
        form = len(self._of_form)
        self._of_form.append(at)
        self._written.append(squeezed(words))
        self._sounds.append(sound_of(words))
        self._shortened.append(shortened)
        self._by_skeleton[skeleton_of(words)].append(form)
        self._by_writing[squeezed(words)].append(form)

    def place(self, kecamatan: str, desa: str, name: str) -> Place | None:
        """The place with exactly this name there; None without one."""
        return self._by_name.get((kecamatan, desa, name))

    def find(self, text: str, most: int = MOST, within: str | None = None) -> list[Match]:
        """The places that a text may name, best first; empty when it names none.

        `within`: the kecamatan that is chosen already; a place of another one is proposed, and never sure."""
        words = words_of(text)[:LONGEST]
        best: dict[int, _Hit] = {}
        for start, end in _runs(words):
            for at, (score, shortened) in self._scores(words[start:end], ends=end == len(words)).items():
                hit = _Hit(at, score, start, end, shortened)
                if at not in best or hit.beats(best[at]):
                    best[at] = hit
        hits = [self._weighed(hit, words, best, within) for hit in best.values()]
        hits.sort(key=lambda hit: (-hit.score, self.places[hit.at].kind != "desa", hit.at))
        judged = self._judged(hits[: max(most, LOOKED_AT)], words, within)
        return [match for match in judged if match.score >= SHOWN][:most]

    def _scores(self, words: list[str], *, ends: bool) -> dict[int, tuple[float, bool]]:
        """Best scores of places whose name is close to a run of words, or begins with it where it `ends` the text."""
        written = squeezed(words)
        if all(word in BESIDE or word.isdigit() for word in words):
            # «di pasar» names nothing; «SMP 1» does where a place is called so
            forms = dict.fromkeys(self._by_writing.get(written, ()), 100.0)
        elif len(written) < SHORTEST:
            return {}
        else:
            forms = self._close(words, written)
            if ends:
                self._begun(written, forms)
        scores: dict[int, tuple[float, bool]] = {}
        for form, score in forms.items():
            at, shortened = self._of_form[form], self._shortened[form]
            scores[at] = max(scores.get(at, (0.0, False)), (score * SHORTENED if shortened else score, shortened))
        return scores

    def _close(self, words: list[str], written: str) -> dict[int, float]:
        """Forms that are close by writing, by sound or by consonants."""
        sound, skeleton = sound_of(words), skeleton_of(words)
        near = process.extract(written, self._written, scorer=fuzz.ratio, score_cutoff=SHOWN, limit=LOOKED_AT)
        forms = {form: score for _, score, form in near}
        alike = process.extract(sound, self._sounds, scorer=fuzz.ratio, score_cutoff=SHOWN, limit=LOOKED_AT)
        for _, score, form in alike:
            both = SOUND * score + (1 - SOUND) * fuzz.ratio(written, self._written[form])
            forms[form] = max(forms.get(form, 0.0), both)
        if len(skeleton) >= SHORTEST:
            for form in self._by_skeleton.get(skeleton, ()):
                forms[form] = max(forms.get(form, 0.0), CONSONANTS)
        return forms

    def _begun(self, written: str, forms: dict[int, float]) -> None:
        """Add forms that begin with what is written: it is still being typed."""
        at = bisect_left(self._in_order, written)
        for name in self._in_order[at : at + LOOKED_AT]:
            if not name.startswith(written):
                break
            score = SHOWN + (BEGUN - SHOWN) * len(written) / len(name)
            if len(written) >= LONG_BEGIN:
                score = max(score, BEGUN_LONG)
            for form in self._by_writing[name]:
                forms[form] = max(forms.get(form, 0.0), score)

    def _weighed(self, hit: _Hit, words: list[str], best: Mapping[int, _Hit], within: str | None) -> _Hit:
        """More where the kecamatan is named beside it, less where a longer name says the same words."""
        place, score, beside = self.places[hit.at], hit.score, False
        rest = words[: hit.start] + words[hit.end :]
        named = place.kecamatan == within or _says(rest, self._kecamatan[place.kecamatan])
        if place.kind != "kecamatan" and named:
            score, beside = score + BESIDE_IT, True
        for other in best.values():
            longer = other.end - other.start > hit.end - hit.start
            if longer and other.start <= hit.start and hit.end <= other.end and other.score >= WHOLE:
                score -= WITHIN
                break
        return replace(hit, score=score, beside=beside)

    def _judged(self, hits: list[_Hit], words: list[str], within: str | None) -> list[Match]:
        return [
            Match(
                self.places[hit.at],
                round(min(100.0, hit.score), 1),
                rank == 0 and within in (None, self.places[hit.at].kecamatan) and self._is_sure(hit, hits, words),
                not self._rest(hit, words, AROUND),
            )
            for rank, hit in enumerate(hits)
        ]

    def _is_sure(self, hit: _Hit, hits: list[_Hit], words: list[str]) -> bool:
        """True where no other place can be meant by the best hit's words."""
        place, name = self.places[hit.at], self._names[hit.at]
        if place.kind == "kecamatan" or hit.at in self._asked or (name in COMMON and self._rest(hit, words, BESIDE)):
            return False
        if hit.score < (SURE if len(name) > SHORT_NAME else SURE_OF_SHORT):
            return False
        others = [other for other in hits if other is not hit]
        if hit.beside:  # «Ngetuk Nalumsari»: the second word is the kecamatan, and no other desa
            district = self._kecamatan[place.kecamatan]
            others = [other for other in others if self._names[other.at] != district]
        return all(hit.score - other.score >= AHEAD for other in others)

    def _rest(self, hit: _Hit, words: list[str], known: frozenset[str]) -> list[str]:
        """The words that neither name the place nor its kecamatan, without `known` ones: «bawa» of «bawa parang»."""
        district = words_of(self.places[hit.at].kecamatan)
        rest = words[: hit.start] + words[hit.end :]
        digits = known is BESIDE
        return [word for word in rest if word not in known and word not in district and not (digits and word.isdigit())]


def _namesakes(places: Sequence[Place]) -> frozenset[int]:
    """Places whose name is that of another one, or its beginning («Mindahan», «Mindahan Kidul»): they are asked."""
    names = [words_of(place.name) for place in places]
    by_first: dict[str, list[int]] = defaultdict(list)
    for at, words in enumerate(names):
        if places[at].kind != "kecamatan":
            by_first[words[0] if words else ""].append(at)
    return frozenset(
        at
        for group in by_first.values()
        for at in group
        if any(other != at and names[other][: len(names[at])] == names[at] for other in group)
    )


def _parts(words: list[str]) -> Iterable[list[str]]:
    """Parts of a name that are used for the whole: «Mindahan» for Mindahan Kidul, «Tlare» for Tanggul Tlare."""
    if len(words) < 2:
        return
    if words[-1] in DIRECTIONS:
        yield words[:-1]
    elif len(words) == 2 and words[-1] not in BESIDE and len(words[-1]) >= LONG_PART:
        yield words[1:]


def _runs(words: list[str]) -> Iterable[tuple[int, int]]:
    """Runs of words that may be a name: from and to."""
    for length in range(1, MOST_WORDS + 1):
        for start in range(len(words) - length + 1):
            yield start, start + length


def _says(words: list[str], written: str) -> bool:
    return any(
        squeezed(words[start : start + length]) == written
        for length in (1, 2)
        for start in range(len(words) - length + 1)
    )


def of_kecamatan(kecamatan: Mapping[str, Sequence[str]]) -> list[Place]:
    """The desa of each kecamatan, and the kecamatan themselves where no desa has their name."""
    places = [Place(desa, desa, name) for name, all_of_it in kecamatan.items() for desa in all_of_it]
    places += [Place(name, "", name, "kecamatan") for name, all_of_it in kecamatan.items() if name not in all_of_it]
    return places
