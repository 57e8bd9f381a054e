"""The sounds that callers and operators send: A-law, made once and kept in a folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from drills.phones.rtp import encoded
from drills.sounds import noises
from drills.sounds.noises import Sound, at_dbfs
from drills.sounds.voices import VOICES, WHISPERS, say, telephone

VERSION = 1  # part of every file's name: raise it when a sound below changes
VARIANTS = 6
NOISE_S = 12.0
EMERGENCIES = (
    "Tolong pak, rumah tetangga saya kebakaran di Mantingan, apinya sudah besar, ada nenek di dalam.",
    "Ada kecelakaan motor dengan truk di depan Pasar Kalinyamatan, dua orang tidak sadar, tolong kirim ambulans.",
    "Bu, suami saya tiba tiba jatuh, tidak bisa bicara, mulutnya miring, kami di Desa Tahunan.",
    "Air sungai meluap di Welahan, sudah masuk rumah setinggi lutut, ada bayi di sini.",
    "Tolong, ada orang tenggelam di Pantai Bandengan, ombaknya besar sekali.",
    "Istri saya mau melahirkan, sudah pecah ketuban, saya di Kedung, tidak ada kendaraan.",
    "Gudang mebel di Ngabul terbakar, dekat kabel listrik, cepat pak.",
    "Ada maling masuk rumah, saya sembunyi di kamar, orangnya masih di dapur.",
    "Pohon besar roboh menimpa mobil di jalan Pecangaan, ada orang terjepit.",
    "Anak saya kejang, panasnya tinggi, napasnya sesak, tolong cepat.",
    "Kabel listrik putus menyentuh jalan di Mlonggo, banyak anak sekolah lewat.",
    "Bapak saya digigit ular, kakinya bengkak, kami di Bangsri.",
)  # fmt: skip
WHISPERED = (
    "Tolong, suami saya mengamuk, saya di kamar mandi.",
    "Ada orang di dalam rumah, tolong kirim polisi.",
    "Saya tidak bisa keras keras, tolong saya.",
)
NONSENSE = (
    "Halo halo, pesan nasi goreng dua, pedas ya, jangan pakai lama.",
    "Halo, ini siapa? Lho kok siapa, kamu siapa?",
    "Cilukba, cilukba, bola bala bili bala.",
    "Pak, cicak saya hilang, tolong carikan.",
)
LAUGHTER = ("ha ha ha ha hi hi hi hi", "hi hi hi hi ha ha ha, woi woi", "wek wek wek, ha ha ha ha ha")
OPERATOR = (
    "Seratus dua belas, selamat siang, apa keadaan daruratnya? Lokasinya di mana?",
    "Baik, tetap di telepon, petugas kami kirim sekarang. Nama Bapak atau Ibu siapa?",
)
_HIGH = ("id+f2", "id+f4", "id+Annie")


@dataclass(frozen=True, slots=True)
class Part:
    """One sound file of A-law, by name."""

    name: str
    make: Callable[[], Sound]
    words: tuple[str, ...] = field(default=())


def _spoken(name: str, texts: tuple[str, ...], voices: tuple[str, ...], dbfs: float = -20, **pace: int) -> list[Part]:
    parts = []
    for number in range(max(len(texts), VARIANTS)):
        text, voice = texts[number % len(texts)], voices[number % len(voices)]

        def make(text: str = text, voice: str = voice) -> Sound:
            return telephone(at_dbfs(say(text, voice, **pace), dbfs))

        parts.append(Part(f"{name}-{number}", make, (text, voice, str(dbfs), str(pace))))
    return parts


def _noise(name: str, make: Callable[[float, int], Sound], dbfs: float | None = None) -> list[Part]:
    def made(seed: int) -> Sound:
        sound = make(NOISE_S, seed)
        return telephone(sound if dbfs is None else at_dbfs(sound, dbfs))

    return [Part(f"{name}-{seed}", partial(made, seed), (name, str(dbfs))) for seed in range(VARIANTS)]


SOUNDS: Mapping[str, tuple[Part, ...]] = {
    "emergency": tuple(_spoken("emergency", EMERGENCIES, VOICES)),
    "whisper": tuple(_spoken("whisper", WHISPERED, WHISPERS, -30)),
    "nonsense": tuple(_spoken("nonsense", NONSENSE, _HIGH, speed=170, pitch=70)),
    "laughter": tuple(_spoken("laughter", LAUGHTER, _HIGH, speed=220, pitch=95)),
    "operator": tuple(_spoken("operator", OPERATOR, ("id+f2", "id+m3", "id", "id+Annie"))),
    "tapping": tuple(_noise("tapping", noises.tapping)),
    "exhaust": tuple(_noise("exhaust", noises.exhaust)),
    "traffic": tuple(_noise("traffic", noises.traffic)),
    "wind": tuple(_noise("wind", noises.wind)),
    "rustle": tuple(_noise("rustle", noises.rustle)),
    "breathing": tuple(_noise("breathing", noises.breathing)),
}
# silence is digital silence, `comfort` comfort noise packets (RFC 3389), `no_rtp` not a single packet
QUIET = ("silence", "comfort", "no_rtp")
NAMES = (*SOUNDS, *QUIET)


class Audio:
    """All sounds as A-law by name and variant, kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, int], bytes] = {}

    def prepare(self, names: set[str]) -> int:
        """Make the missing files, blocking; the number of files made."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        wanted = [(name, number) for name in sorted(names & SOUNDS.keys()) for number in range(len(SOUNDS[name]))]
        with ThreadPoolExecutor(max_workers=2, thread_name_prefix="audio") as pool:
            return sum(pool.map(self._load, wanted))

    def get(self, name: str, variant: int) -> bytes:
        """The A-law of a sound; empty for the quiet ones."""
        if name in QUIET:
            return b""
        return self._made[name, variant % len(SOUNDS[name])]

    def _load(self, which: tuple[str, int]) -> bool:
        name, number = which
        part = SOUNDS[name][number]
        known = hashlib.sha256(repr((VERSION, part.words)).encode()).hexdigest()[:12]
        path = self._folder / f"{part.name}-{known}.al"
        if path.is_file():
            self._made[which] = path.read_bytes()
            return False
        sound = np.clip(part.make() * 32767, -32768, 32767).astype(int).tolist()
        self._made[which] = encoded(sound)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.write(self._made[which])
        os.replace(file.name, path)
        return True
