"""Makes src/newsreel/accounts/voices.npz, the spoken digits of the captcha: `.venv/bin/python tools/make_voices.py`.

It needs espeak-ng (Debian's package of that name; made with 1.51), which the portal itself does not. The same version
writes the same bytes again.
"""

from __future__ import annotations

import io
import subprocess
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsreel.accounts.speaking import RATE, VOICES

# In Chinese 1 is read as 幺, as on the telephone: yī and qī (7) are hard to tell apart where there is noise.
WORDS = {
    "zh": "零幺二三四五六七八九",
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
SPEAKERS = {"zh": ("cmn", "cmn+f2", "cmn+m3"), "en": ("en-us", "en-gb+f2", "en-us+m3")}
WORDS_A_MINUTE = {"zh": 130, "en": 140}
QUIET = 0.02  # of the loudest sample: what is below it at either end is cut off


def speak(word: str, speaker: str, speed: int) -> NDArray[np.float64]:
    """A word as samples within -1 … 1, at RATE a second, without the silence around it."""
    command = ["espeak-ng", "-v", speaker, "-s", str(speed), "-z", "--stdout", word]
    written = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(written)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(written[44:], dtype="<i2").astype(np.float64)
    samples = _at_rate(samples, rate)
    samples /= np.abs(samples).max()
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    return samples[loud[0] : loud[-1] + 1]


def _at_rate(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Fewer samples a second; the tones that they could not carry are left out."""
    count = int(len(samples) * RATE / rate)
    return np.fft.irfft(np.fft.rfft(samples)[: count // 2 + 1], count)


def packed(samples: NDArray[np.float64]) -> NDArray[np.uint8]:
    """A byte a sample, finer where it is quiet (as telephones do: mu-law)."""
    curved = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)
    numbers: NDArray[np.uint8] = np.round(curved * 127 + 128).astype(np.uint8)
    return numbers


def main() -> None:
    """Writes the file."""
    arrays: dict[str, NDArray[Any]] = {}
    for language, words in WORDS.items():
        spoken = [[speak(word, speaker, WORDS_A_MINUTE[language]) for word in words] for speaker in SPEAKERS[language]]
        lengths = np.array([[len(samples) for samples in row] for row in spoken], dtype=np.int32)
        samples = np.full((*lengths.shape, lengths.max()), 128, dtype=np.uint8)
        for place in np.ndindex(*lengths.shape):
            samples[place][: lengths[place]] = packed(spoken[place[0]][place[1]])
        arrays |= {language: samples, f"{language}_lengths": lengths}
    Path(VOICES).parent.mkdir(exist_ok=True)
    np.savez_compressed(VOICES, allow_pickle=False, **arrays)
    print(f"{VOICES}: {Path(VOICES).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
