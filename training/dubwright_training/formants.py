"""A babbling voice of three resonances: speech-like sound with known closures that needs no program at all."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from .visemes import Sound

# First three resonances in Hz (G. Peterson, H. Barney 1952, men).
_VOWELS: dict[str, tuple[float, float, float]] = {
    "i": (270, 2290, 3010),
    "ɛ": (530, 1840, 2480),
    "a": (730, 1090, 2440),
    "ɔ": (570, 840, 2410),
    "u": (300, 870, 2240),
}
_BANDWIDTHS_HZ = (60.0, 90.0, 150.0)
_SYLLABLES = 8
_HUM_GAIN = 0.15


def _voice(count: int, pitch_hz: float, rate_hz: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Pulses of a larynx with a little breath."""
    phase = np.cumsum(np.full(count, pitch_hz / rate_hz) * (1 + 0.1 * np.sin(np.arange(count) * 6 / rate_hz)))
    pulses = np.diff(np.floor(phase), prepend=0.0)
    return lfilter([1.0], [1.0, -0.95], pulses) + 0.01 * chance.standard_normal(count)


def _resonate(
    sound: NDArray[np.float64], resonances: tuple[float, float, float], scale: float, rate_hz: int
) -> NDArray[np.float64]:
    for frequency, bandwidth in zip(resonances, _BANDWIDTHS_HZ, strict=True):
        radius = np.exp(-np.pi * bandwidth / rate_hz)
        angle = 2 * np.pi * frequency * scale / rate_hz
        gain = 1 - 2 * radius * np.cos(angle) + radius * radius
        sound = lfilter([gain], [1.0, -2 * radius * np.cos(angle), radius * radius], sound)
    return sound


def babble(chance: np.random.Generator, rate_hz: int) -> tuple[NDArray[np.float32], list[Sound]]:
    """Say "mamapupi": closures hum (m) or are silent (p), vowels ring. Samples and sounds with their times."""
    pitch_hz, scale = chance.uniform(90, 240), chance.uniform(0.9, 1.25)
    pieces: list[NDArray[np.float64]] = []
    sounds: list[Sound] = []
    now = 0.0
    for _ in range(_SYLLABLES):
        closure = str(chance.choice(["m", "p"]))
        vowel = str(chance.choice(list(_VOWELS)))
        for phoneme, seconds in ((closure, chance.uniform(0.07, 0.12)), (vowel, chance.uniform(0.12, 0.3))):
            count = round(seconds * rate_hz)
            source = _voice(count, pitch_hz, rate_hz, chance)
            if phoneme == vowel:
                piece = _resonate(source, _VOWELS[vowel], scale, rate_hz)
            else:
                hum = _HUM_GAIN if phoneme == "m" else 0.0
                piece = hum * _resonate(source, (250, 1100, 2200), scale, rate_hz)
            pieces.append(piece * np.hanning(count) ** 0.2)
            sounds.append(Sound(phoneme, now, now + count / rate_hz))
            now += count / rate_hz
    samples = np.concatenate(pieces)
    samples += 1e-4 * chance.standard_normal(len(samples))
    return (0.3 * samples / np.abs(samples).max()).astype(np.float32), sounds
