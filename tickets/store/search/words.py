"""Words of a report as they are indexed and searched: folded, with their root and their sound.

Pure: the same text gives the same words on every database."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 40  # letters of a word that are kept
MOST_OF_A_REPORT = 1000
# in every second report: they would make the index twice as big and find nothing
STOP = frozenset({
    "ada", "akan", "atau", "bapak", "dan", "dari", "dengan", "di", "dia", "dua", "ibu",
    "ini", "itu", "jadi", "juga", "karena", "ke", "lagi", "oleh", "pada", "pak", "para",
    "saat", "sama", "saya", "sudah", "tapi", "telah", "tidak", "untuk", "yang",
})  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_FIRST_ROOT = 4  # letters that a root keeps at least
# beginnings of Indonesian words, the longest first, and the letter that they swallow before a vowel
_HEADS = (
    ("meny", "s"), ("peny", "s"), ("meng", ""), ("peng", ""), ("mem", "p"), ("pem", "p"), ("men", "t"), ("pen", "t"),
    ("ber", ""), ("ter", ""), ("per", "r"), ("ke", ""), ("se", ""), ("di", ""), ("me", ""), ("pe", ""),
)  # fmt: skip
_TAILS = ("kannya", "annya", "kan", "nya", "lah", "kah", "an")
_VOWELS = "aeiou"
_ALIKE = str.maketrans("bdgqvfzjx", "ptkkppscs")


def fold(text: str) -> str:
    """Lower case without accents: «É» is «e»."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    parts = unicodedata.normalize("NFKD", folded)
    return "".join(part for part in parts if not unicodedata.combining(part))


def words_of(*texts: str | None) -> list[str]:
    """The words of some texts in their order, without those that say nothing; each as it stands in the index."""
    joined = fold(" ".join(text for text in texts if text))
    return [word[:LONGEST] for word in _WORD.findall(joined) if word not in STOP]


def distinct(words: Iterable[str]) -> frozenset[str]:
    """The different words of a report; the first ones where it has very many."""
    return frozenset(list(dict.fromkeys(words))[:MOST_OF_A_REPORT])


def root(word: str) -> str:
    """The word without its Indonesian beginning and end: «kebakaran», «terbakar» and «membakar» are «bakar».

    A rough rule and no dictionary: it is only ever compared with other roots."""
    if not word.isalpha():
        return word
    return _without_head(_without_tail(word)).rstrip("k")  # «tabrak», and «tabrakan» less its «kan»


def _without_tail(word: str) -> str:
    for tail in _TAILS:
        if word.endswith(tail) and len(word) - len(tail) >= _FIRST_ROOT:
            return word.removesuffix(tail)
    return word


def _without_head(word: str) -> str:
    for head, swallowed in _HEADS:
        rest = word.removeprefix(head)
        if rest == word or not rest:
            continue
        whole = swallowed + rest if rest[0] in _VOWELS else rest
        if len(whole) >= _FIRST_ROOT:
            return whole
    return word


def sound(word: str) -> str:
    """The consonants as they are heard: words that are spelled alike by ear are equal («krapyag», «Krapyak»)."""
    if word.isdigit():
        return word
    spelled = word.replace("dj", "j").replace("tj", "c").replace("h", "").translate(_ALIKE)
    heard = [letter for letter in spelled if letter not in _VOWELS]
    once = [letter for place, letter in enumerate(heard) if place == 0 or heard[place - 1] != letter]
    return ("a" if spelled[:1] in _VOWELS else "") + "".join(once)


def errors_between(word: str, other: str, most: int) -> int:
    """Count the letters that were left out, added, changed or swapped with a neighbour, up to `most` + 1."""
    if abs(len(word) - len(other)) > most:
        return most + 1
    former: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(word, 1):
        before, former, row = former, row, [place]
        for at, different in enumerate(other, 1):
            cost = min(former[at] + 1, row[-1] + 1, former[at - 1] + (letter != different))
            if place > 1 and at > 1 and letter == other[at - 2] and word[place - 2] == different:
                cost = min(cost, before[at - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def errors_allowed(word: str) -> int:
    """Errors that a word may have to what was meant: short ones and numbers are meant as they stand."""
    if not word.isalpha() or len(word) < 4:
        return 0
    return 1 if len(word) < 7 else 2
