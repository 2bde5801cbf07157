"""A captcha for ears: digits spoken by one of several voices, with noise and other voices behind them, as a WAV file.

It works offline: the voices are a file of this package (tools/make_voices.py).
"""

from __future__ import annotations

import io
import random
import wave
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000  # samples a second, as a telephone has
VOICES = Path(__file__).with_name("voices.npz")
LANGUAGES = ("zh", "en")
GAP = (0.35, 0.75)  # seconds between two digits
EDGE = 0.5  # seconds before the first and after the last
_SPEED = (0.9, 1.1)  # which moves the pitch too
_LOUDNESS = (0.75, 1.0)
# Of the digits' own loudness (root mean square): 12 dB below them altogether, at which telephones count as clear.
_MURMUR, _HISS = 0.2, 0.15

Samples = NDArray[np.float64]
Voice = tuple[Samples, ...]


def speak(digits: str, language: str, chance: random.Random) -> bytes:
    """A WAV file (8 kHz, 16 bits, one channel) that says the digits in a language of LANGUAGES, differently by ``chance``."""
    voices = _voices(language)
    voice = chance.choice(voices)
    parts: list[Samples] = [np.zeros(int(EDGE * RATE))]
    for digit in digits:
        spoken = _changed(voice[int(digit)], chance.uniform(*_SPEED))
        parts += [spoken * chance.uniform(*_LOUDNESS), np.zeros(int(chance.uniform(*GAP) * RATE))]
    parts.append(np.zeros(int(EDGE * RATE)))
    clear = np.concatenate(parts)
    loudness = float(np.sqrt(np.mean(np.concatenate(parts[1::2]) ** 2)))
    murmur = _murmur(len(clear), voices, chance)
    noise = np.random.default_rng(chance.getrandbits(64))
    samples = clear + murmur * _MURMUR * loudness + noise.standard_normal(len(clear)) * _HISS * loudness
    return _wav(samples / np.abs(samples).max())


def _changed(samples: Samples, speed: float) -> Samples:
    """Faster and higher, or slower and lower."""
    places = np.arange(0, len(samples) - 1, speed)
    return np.interp(places, np.arange(len(samples)), samples)


def _murmur(length: int, voices: tuple[Voice, ...], chance: random.Random) -> Samples:
    """People who speak in the background: the same sounds backwards, three at once, of loudness 1."""
    heard = np.zeros(length)
    for _ in range(3):
        at = chance.randrange(RATE // 4)
        while at < length:
            spoken = _changed(chance.choice(chance.choice(voices))[::-1], chance.uniform(*_SPEED))[: length - at]
            heard[at : at + len(spoken)] += spoken
            at += len(spoken) + chance.randrange(RATE // 4)
    return heard / float(np.sqrt(np.mean(heard**2)))


def _wav(samples: Samples) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 30_000).astype("<i2").tobytes())
    return written.getvalue()


@lru_cache(maxsize=len(LANGUAGES))
def _voices(language: str) -> tuple[Voice, ...]:
    """Each voice's ten digits: 2 MB a language, read when it is first asked for."""
    with np.load(VOICES, allow_pickle=False) as file:
        packed, lengths = file[language], file[f"{language}_lengths"]
    curved = (packed.astype(np.float64) - 128) / 127
    samples = np.sign(curved) * np.expm1(np.abs(curved) * np.log(256)) / 255  # mu-law
    return tuple(
        tuple(samples[voice, digit, : lengths[voice, digit]] for digit in range(10)) for voice in range(len(lengths))
    )
