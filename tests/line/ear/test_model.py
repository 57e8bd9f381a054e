"""The real model on labelled sound: voices are heard, noises are not; bounds, the figures are in docs/adr/0008."""

import numpy as np
import pytest

from drills.sounds.noises import NOISES, Sound, at_dbfs, comfort, pcm, silence
from drills.sounds.voices import SENTENCES, VOICES, WHISPERS, over, say, telephone
from line.ear.judgement import WINDOW_S, Judge, Verdict
from line.ear.model import WINDOW_BYTES, Model, Models

MODEL = Model()


def heard(sound: Sound) -> dict[Verdict, float]:
    """The verdicts on a sound that came over the telephone, each with its time in seconds."""
    MODEL.reset()
    judge, sound_pcm, verdicts = Judge(), pcm(telephone(sound)), dict[Verdict, float]()
    for number in range(len(sound_pcm) // WINDOW_BYTES):
        window = sound_pcm[number * WINDOW_BYTES : (number + 1) * WINDOW_BYTES]
        if verdict := judge.hear(*MODEL.hear(window)):
            verdicts[verdict] = (number + 1) * WINDOW_S
    return verdicts


def person(sound: Sound) -> bool:
    """True when it counts as a sign of a person."""
    return bool({Verdict.SPEECH, Verdict.KNOCKS} & heard(sound).keys())


@pytest.mark.parametrize("dbfs", [-10, -20, -30, -40])
@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.long
def test_every_voice_is_heard(voice: str, dbfs: float) -> None:
    """No sentence of any voice is lost, loud or soft, on a clean line."""
    missed = [text for text in SENTENCES if Verdict.SPEECH not in heard(spoken(text, voice, dbfs))]
    assert missed == []


@pytest.mark.parametrize("speed", [110, 145, 190])
def test_a_voice_is_known_within_half_a_second(speed: int) -> None:
    """From its first sound, however fast somebody speaks."""
    latest = max(heard(say(text, speed=speed))[Verdict.SPEECH] for text in SENTENCES)
    assert latest <= 0.5


@pytest.mark.parametrize("kind", ["exhaust", "diesel", "wind", "traffic", "rain", "hiss"])
@pytest.mark.long
def test_a_voice_is_heard_through_noise(kind: str) -> None:
    """5 dB louder than the noise: no sentence is lost."""
    sounds = [
        over(np.concatenate([say(text, voice), say(text, voice)]), NOISES[kind](8, seed), 5)
        for seed, (text, voice) in enumerate(zip(SENTENCES, VOICES, strict=False))
    ]
    assert [Verdict.SPEECH in heard(sound) for sound in sounds] == [True] * len(sounds)


def test_most_whispers_are_heard() -> None:
    """espeak's whisper is little more than hiss: four of five sentences that are longer than a word."""
    sentences = [text for text in SENTENCES if len(text) > 15]
    results = [person(spoken(text, voice, -30)) for voice in WHISPERS for text in sentences]
    assert sum(results) >= 0.8 * len(results)


@pytest.mark.parametrize("kind", [kind for kind in NOISES if kind not in ("tapping", "keys", "silence", "comfort")])
@pytest.mark.long
def test_noises_are_no_person(kind: str) -> None:
    """Twelve times ten seconds of each kind, loud and soft; an exhaust is now and then taken for a voice."""
    sounds = [at_dbfs(NOISES[kind](10, seed), dbfs) for seed in range(4) for dbfs in (-10, -20, -35)]
    assert sum(person(sound) for sound in sounds) <= (2 if kind == "exhaust" else 0)


def test_noise_is_called_noise() -> None:
    """A loud noise that lasts is noted as one, after four seconds of it."""
    assert heard(NOISES["exhaust"](10, 1)) == {Verdict.NOISE: pytest.approx(4.0, abs=0.1)}


@pytest.mark.parametrize("sound", [silence(30), comfort(30)], ids=["silence", "comfort"])
def test_silence_is_nothing(sound: Sound) -> None:
    """Neither person nor noise."""
    assert heard(sound) == {}


def test_tapping_is_a_person() -> None:
    """Knocks on the microphone, loud and soft."""
    sounds = [at_dbfs(NOISES["tapping"](12, seed), dbfs) for seed in range(5) for dbfs in (-15, -25)]
    assert [person(sound) for sound in sounds] == [True] * len(sounds)


def test_a_used_model_has_forgotten() -> None:
    """A caller's sound does not colour the verdict on the next one; there are never more models than allowed."""
    models, voice = Models(2, ready=1), pcm(say(SENTENCES[0]))[: 40 * WINDOW_BYTES]
    first, second = models.take(), models.take()
    assert first is not None and second is not None
    assert models.take() is None
    fresh = [first.hear(voice[at : at + WINDOW_BYTES]) for at in range(0, len(voice), WINDOW_BYTES)]
    models.give_back(first)
    again = models.take()
    assert again is first
    assert [again.hear(voice[at : at + WINDOW_BYTES]) for at in range(0, len(voice), WINDOW_BYTES)] == fresh


def spoken(text: str, voice: str, dbfs: float) -> Sound:
    """A sentence of this loudness, with a faint line around it."""
    return np.concatenate([comfort(0.5), at_dbfs(say(text, voice), dbfs), comfort(1)])
