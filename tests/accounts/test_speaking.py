from __future__ import annotations

import io
import random
import wave

import numpy as np
import pytest

from newsreel.accounts import speaking


def _heard(data: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
        assert len(samples) == file.getnframes() == (len(data) - 44) // 2
    return samples


@pytest.mark.parametrize("language", speaking.LANGUAGES)
def test_there_are_ten_digits_of_each_voice(language: str) -> None:
    voices = speaking._voices(language)
    assert len(voices) == 3
    for voice in voices:
        assert len(voice) == 10
        assert all(0.2 < len(digit) / speaking.RATE < 0.8 for digit in voice)
        assert all(np.abs(digit).max() > 0.9 for digit in voice)


@pytest.mark.parametrize("language", speaking.LANGUAGES)
def test_it_is_a_wav_as_long_as_its_digits_and_gaps(language: str) -> None:
    for seed in range(30):
        seconds = len(_heard(speaking.speak("314159", language, random.Random(seed)))) / speaking.RATE
        assert 5.0 < seconds < 10.5
    twelve = _heard(speaking.speak("314159314159", language, random.Random(1)))
    assert len(twelve) / speaking.RATE > 9


def test_it_is_never_the_same_twice_unless_so_asked() -> None:
    assert len({speaking.speak("111111", "zh", random.SystemRandom()) for _ in range(10)}) == 10
    assert speaking.speak("123", "en", random.Random(5)) == speaking.speak("123", "en", random.Random(5))


@pytest.mark.parametrize("language", speaking.LANGUAGES)
def test_the_digits_stand_out_from_what_is_behind_them(language: str) -> None:
    """The loudest tenth of a second in ten is a voice, the quietest a gap: 10 dB and more lie between."""
    for seed in range(20):
        samples = _heard(speaking.speak("0123456789", language, random.Random(seed)))
        pieces = samples[: len(samples) // 800 * 800].reshape(-1, 800)
        loudness = np.sort(np.sqrt((pieces**2).mean(axis=1)))
        assert loudness[len(loudness) * 8 // 10] > 3.2 * loudness[len(loudness) // 10]
        assert np.abs(samples).max() < 32_767
