"""Prompts: every shipped one is made as telephone WAV, only what changed is made again, human recordings replace."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from tests.ivr.clocked import DIGIT_S, SECONDS
from voice import languages, music, prompts, speech
from voice.prompts import PROMPTS_YAML, PromptError

VALUES = {"layanan": "Jepara Tanggap 112", "jam": "setiap hari pukul 07.00 sampai 21.00"}
NEEDED = {
    *("menu-utama", "menu-ulang", "sambungkan", "antrean", "tetap-di-telepon", "tutup-jam", "tinggalkan-pesan"),
    *("pesan-diterima", "selamat-tinggal-hening", "operator-terputus", "terputus-lagi", "nada", "gangguan", "musik"),
    *("menu-dua-bahasa", "menu-darurat", "tekan-apa-saja", "sapaan", "tantangan"),
    *("push-laporan-awal", "push-tekan", "push-terima-kasih", "push-ulang", "failsafe-menu", "failsafe-rekam"),
    *("push-diterima", "push-berangkat", "push-bukan", "push-dicatat", "push-sudah", "push-berakhir"),
    *("push-perubahan", "push-perubahan-tekan", "push-perubahan-dicatat"),
    *("push-tidak-berlaku", "push-uji", "push-uji-tekan", "push-uji-terima-kasih"),
    *(f"angka-{number}" for number in range(1, 11)),
}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All shipped prompts, made once."""
    out = tmp_path_factory.mktemp("shipped") / "prompts"
    assert set(prompts.build(PROMPTS_YAML, out, VALUES, out / "none")) >= NEEDED
    return out


@pytest.fixture
def yaml_file(tmp_path: Path) -> Path:
    """Two short prompts of our own."""
    path = tmp_path / "prompts.yaml"
    path.write_text('satu: {text: "Selamat datang di {layanan}."}\ndua: {text: "Terima kasih."}\n', encoding="utf-8")
    return path


def samples(path: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    with wave.open(str(path)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").astype(np.float64) / 32768


@pytest.mark.long
def test_every_prompt_is_telephone_wav_that_is_heard(shipped: Path) -> None:
    """Asterisk refuses a .wav that is not 8 kHz, 16 bit, mono; a prompt without sound would leave dead air."""
    for name in NEEDED:
        with wave.open(str(shipped / f"{name}.wav")) as sound:
            assert (sound.getframerate(), sound.getsampwidth(), sound.getnchannels()) == (8000, 2, 1), name
        assert np.max(np.abs(samples(shipped / f"{name}.wav"))) > 0.1, name


@pytest.mark.parametrize("language", ["", ".jv"])
@pytest.mark.parametrize("name", ["menu-utama", "menu-dua-bahasa", "menu-darurat"])
def test_a_menu_takes_at_most_six_seconds(shipped: Path, name: str, language: str) -> None:
    """A longer one loses genuine callers."""
    assert speech.seconds(shipped / f"{name}{language}.wav") <= 6


def test_prompts_last_no_longer_than_the_flow_is_tested_with(shipped: Path) -> None:
    """tests/ivr/clocked.py proves the waits of callers with these lengths."""
    for name, longest in SECONDS.items():
        assert speech.seconds(shipped / f"{name}.wav") <= longest, name
    assert max(speech.seconds(shipped / f"angka-{number}.wav") for number in range(1, 10)) <= DIGIT_S


def test_javanese_prompts_are_files_of_their_own(shipped: Path) -> None:
    """The prompts of a caller who chose Javanese have words of their own."""
    spoken = languages.spoken(PROMPTS_YAML, shipped / "none")
    assert spoken is not None
    heard = {"menu-utama", "menu-ulang", "tantangan", "sambungkan", "antrean", "tetap-di-telepon", "tekan-apa-saja"}
    assert heard | {f"angka-{number}" for number in range(1, 11)} <= spoken.within["jv"]
    for name in spoken.within["jv"]:
        assert (shipped / f"{name}.jv.wav").is_file(), name
    texts = prompts.read(PROMPTS_YAML, VALUES)
    assert texts["angka-4.jv"].text == "sekawan"
    assert texts["menu-utama"].text != texts["menu-utama.jv"].text


def test_a_javanese_recording_replaces_its_own_prompt(yaml_file: Path, tmp_path: Path) -> None:
    """prompts/satu.jv.wav, with or without a Javanese text; the Indonesian prompt stays."""
    recordings, out = tmp_path / "prompts", tmp_path / "out"
    recordings.mkdir()
    music.write(music.beep(), recordings / "satu.jv.wav")
    assert set(prompts.build(yaml_file, out, VALUES, recordings)) == {"satu", "dua", "satu.jv"}
    assert speech.seconds(out / "satu.jv.wav") == pytest.approx(0.4, abs=0.01)
    spoken = languages.spoken(yaml_file, recordings)
    assert spoken == languages.Spoken(("satu", "dua"), {"jv": frozenset({"satu"})})


@pytest.mark.parametrize("text", ["", "- satu", "a: [", None])
def test_prompts_that_cannot_be_read_are_not_known(tmp_path: Path, text: str | None) -> None:
    """Then no menu is refused for a prompt that it names."""
    path = tmp_path / "p.yaml"
    if text is not None:
        path.write_text(text)
    assert languages.spoken(path, tmp_path) is None


def test_hold_music_loops_without_seam() -> None:
    """The step from the last sample to the first is no larger than the steps inside, and no half second is silent."""
    sound = music.music()
    assert 30 <= len(sound) / speech.RATE <= 60
    assert len(sound) % 160 == 0  # whole 20 ms frames
    assert abs(sound[0] - sound[-1]) <= np.max(np.abs(np.diff(sound)))
    assert np.min(np.max(np.abs(sound.reshape(-1, 4000)), axis=1)) > 0.01


def test_only_changed_prompts_are_made_again(yaml_file: Path, tmp_path: Path) -> None:
    """A second build does nothing; a new service name remakes the prompt that says it; a deleted file comes back."""
    out = tmp_path / "out"
    assert prompts.build(yaml_file, out, VALUES, tmp_path / "prompts") == ["satu", "dua"]
    assert prompts.build(yaml_file, out, VALUES, tmp_path / "prompts") == []
    assert prompts.build(yaml_file, out, {"layanan": "Kudus Siaga"}, tmp_path / "prompts") == ["satu"]
    (out / "dua.wav").unlink()
    assert prompts.build(yaml_file, out, {"layanan": "Kudus Siaga"}, tmp_path / "prompts") == ["dua"]
    assert sorted(path.name for path in out.iterdir()) == ["dua.wav", "prompts.json", "satu.wav"]


def test_human_recording_replaces_and_its_removal_restores(yaml_file: Path, tmp_path: Path) -> None:
    """A 44.1 kHz stereo recording becomes the prompt, converted; without it the machine speaks again."""
    out, overrides = tmp_path / "out", tmp_path / "prompts"
    overrides.mkdir()
    recording = overrides / "dua.wav"
    speech.run(["sox", "-n", "-r", "44100", "-c", "2", str(recording), "synth", "1.5", "sine", "440"])
    prompts.build(yaml_file, out, VALUES, overrides)
    assert speech.seconds(out / "dua.wav") == pytest.approx(1.5, abs=0.01)
    recording.unlink()
    assert prompts.build(yaml_file, out, VALUES, overrides) == ["dua"]
    assert speech.seconds(out / "dua.wav") != pytest.approx(1.5, abs=0.01)


def test_a_recording_that_is_no_wav_is_named_and_no_prompt_is_missing(yaml_file: Path, tmp_path: Path) -> None:
    """The line never lacks a prompt because of a wrong file; the fault is told each time until it is put right."""
    out, overrides = tmp_path / "out", tmp_path / "prompts"
    overrides.mkdir()
    bad = overrides / "dua.wav"
    bad.write_bytes(b"ID3 this is an mp3")
    for _ in range(2):
        with pytest.raises(PromptError) as caught:
            prompts.build(yaml_file, out, VALUES, overrides)
        expected = f"{bad}: bukan berkas WAV; diharapkan rekaman WAV (PCM), misalnya 44,1 kHz 16 bit"
        assert str(caught.value) == expected
    assert (out / "satu.wav").is_file()
    assert (out / "dua.wav").is_file()


def test_missing_programs_and_unknown_placeholders_say_what_to_do(
    yaml_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without espeak-ng the message names the packages; a placeholder nobody fills names the prompt."""
    with pytest.raises(PromptError, match=r"prompt satu: isian 'layanan' tidak dikenal"):
        prompts.build(yaml_file, tmp_path / "out", {}, tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PromptError, match="espeak-ng tidak ditemukan; pasang dengan: apt-get install espeak-ng sox"):
        prompts.build(yaml_file, tmp_path / "out", VALUES, tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jepara Tanggap 112", "Jepara Tanggap satu satu dua"),
        ("pukul 07.00-21.00", "pukul 7 sampai 21"),
        ("pukul 17:30", "pukul 17 lewat 30 menit"),
        ("RT 3 RW 12, 1500 orang", "RT 3 RW 12, 1500 orang"),
        ("telepon 08123789", "telepon nol delapan satu dua tiga tujuh delapan sembilan"),
        ("Tekan satu", "[[t@k'an]] satu"),
        ("[[d'esa]] tekan", "[[d'esa]] [[t@k'an]]"),
    ],
)
def test_spoken_text(text: str, expected: str) -> None:
    """Clock times as hours, emergency and telephone numbers digit by digit, «e» as Indonesians say it."""
    assert speech.spoken(text) == expected


def test_a_report_is_spoken_whatever_it_contains(tmp_path: Path) -> None:
    """A report is free text: options, phoneme marks and control characters in it are only words."""
    path = tmp_path / "laporan.wav"
    assert prompts.speak("-w /tmp/x [[aaa]] <break/> Kebakaran di Desa Bangsri.\n\x00RT 3", path) > 1.5
