"""Names of places as callers say and operators type them: one spelling for many. Pure."""

from __future__ import annotations

import re
import unicodedata

# words beside a name that say its kind or a direction, and no name
_BESIDE = """
desa ds kelurahan kel kecamatan kec kabupaten kab dusun dsn dukuh dk dukuhan kampung kp rt rw jalan jl jln gang gg
daerah tlatah wilayah sekitar dekat deket cedhak cedak depan ngarep ngarepe belakang mburi mburine samping sebelah
utara selatan timur barat lor kidul wetan kulon arah menuju di ning nang neng ing dari seko saka ke ten teng pak
bu mas mbak yang sing itu kuwi ini iki sini kene situ kono rumah omah omahe griya griyane griyanipun nomor no
pertigaan perempatan prapatan pertelon simpang proliman bunderan kebakaran kobongan banjir kecelakaan tabrakan
tolong pasar masjid mesjid mejid mushola musholla langgar gereja makam kuburan sd sdn smp smpn sma sman smk smkn
mi mts ma tk ponpes pondok puskesmas rsud rs klinik kantor balai balaidesa baledesa lapangan jembatan kreteg kali
sungai pantai terminal pelabuhan dermaga tpi toko warung pabrik gudang pom spbu sekolah sekolahan ada sama dan
kulo kula niki niku wonten enten lagi sampun mriki mriku nggih pun tempat lokasi posisi orang wong saya
aku bapak ibu tahun
"""
BESIDE = frozenset(_BESIDE.split())
# those that a list knows anyway: nothing of what a caller said is lost with them
AROUND = frozenset(["desa", "ds", "kelurahan", "kel", "kecamatan", "kec", "kabupaten", "kab", "di"])
# directions are a part of names as «Mindahan Kidul», too
DIRECTIONS = frozenset(["lor", "kidul", "wetan", "kulon", "utara", "selatan", "timur", "barat"])
# names of places that are everyday words, too: «bawa parang», «panggung roboh»
_COMMON = """
parang nyamuk panggung panggang jambu gelang kunir sendang bandung datar bulu tanjung balong pendem pancur bakalan
tempur lebak pule semat mangunan geneng
"""
COMMON = frozenset(_COMMON.split())
# the first parts of names as they are shortened in writing
SHORT_FORMS = {
    "kr": "karang", "krg": "karang", "kd": "kedung", "kdg": "kedung", "tlk": "teluk", "bj": "banjar", "uj": "ujung",
    "jpr": "jepara", "bgsri": "bangsri",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
# old spelling, Javanese sounds, and letters that are heard alike; in this order
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"oe", "u"), (r"tj", "c"), (r"dj", "j"), (r"nj", "ny"), (r"ph|v", "f"),
        (r"dh", "d"), (r"th", "t"), (r"kh", "k"),
        (r"^m(?=b)|^n(?=[dj])|^ng(?=[gk])", ""), (r"q|x", "k"), (r"z", "s"), (r"f", "p"), (r"w", "b"),
        (r"(.)\1+", r"\1"),
        (r"g$|k$|q$|h$", ""), (r"e", "i"), (r"o", "u"), (r"ng", "n"), (r"iy", "y"),
    )
)  # fmt: skip


def words_of(text: str) -> list[str]:
    """The words of a text, in small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
    return [SHORT_FORMS.get(word, word) for word in words]


def squeezed(words: list[str]) -> str:
    """Words written as one: «Jobo Kuto» and «Jobokuto» are alike."""
    return "".join(words)


def sound_of(words: list[str]) -> str:
    """The sound of the words: spellings that are heard alike are equal."""
    return "".join(_sound(word) for word in words)


def skeleton_of(words: list[str]) -> str:
    """The consonants alone: vowels are what is misheard most («Cepaga», Cepogo)."""
    return re.sub("[aiueo]", "", sound_of(words))


def _sound(word: str) -> str:
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word
