"""What lips do for each sound of speech, and how neighbouring sounds share the lips.

The table is in one place and speaks IPA. Curves follow the dominance model of M. Cohen and D. Massaro, "Modeling
coarticulation in synthetic visual speech" (1993): every sound pulls each articulator towards its own target, strongest
in its middle, less with distance; what the lips do is the weighted mean of all pulls. Lips close before the burst of a
stop, not at it.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .mel import Floats
from .recipe import LIP_RATE_HZ

ARTICULATORS = ("opening", "width", "protrusion", "jaw")


@dataclass(frozen=True)
class Viseme:
    """Targets of a kind of sound (rest is 0, the widest open mouth 1), and how strongly it insists on them."""

    kind: int
    opening: float
    width: float
    """-1 narrow (rounded) to 1 spread."""
    protrusion: float
    jaw: float
    strength: float
    """On opening and jaw."""
    rounding_strength: float
    """On width and protrusion."""
    closes: bool = False
    """Both lips meet."""
    bursts: bool = False
    """A stop: the end of its time is the burst and what follows, the mouth already opening."""


@dataclass(frozen=True)
class Sound:
    """One sound of speech; `phoneme` is IPA, the empty string a pause."""

    phoneme: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class LipCurves:
    """Made-up lips at 50 Hz."""

    articulators: Floats
    """[moments, 4] in the order of `ARTICULATORS`."""
    closed: NDArray[np.bool_]
    pause: NDArray[np.bool_]
    kind: NDArray[np.int64]
    """[moments]: which kind of sound is spoken."""


# Symbols; opening, width, protrusion, jaw; strengths on opening and on rounding; closes, bursts.
_TABLE: tuple[tuple[str, tuple[float, float, float, float], tuple[float, float], bool, bool], ...] = (
    ("", (0.02, 0.0, 0.0, 0.05), (0.25, 0.25), False, False),
    ("p b ɓ", (-0.05, 0.0, 0.05, 0.12), (3.2, 0.7), True, True),
    ("m ɱ", (-0.05, 0.0, 0.05, 0.12), (3.0, 0.6), True, False),
    ("f v ʋ", (0.08, 0.05, -0.05, 0.12), (2.2, 1.2), False, False),
    ("w ʍ ɥ", (0.12, -0.8, 0.9, 0.18), (1.6, 2.0), False, False),
    ("β ɸ", (0.1, -0.1, 0.15, 0.2), (1.5, 0.8), False, False),
    ("ʃ ʒ ʂ ʐ ɧ", (0.22, -0.45, 0.65, 0.12), (1.3, 1.6), False, False),
    ("ɕ ʑ", (0.2, 0.05, 0.3, 0.1), (1.2, 1.0), False, False),
    ("s z", (0.16, 0.25, 0.0, 0.06), (1.3, 0.8), False, False),
    ("t d n ɾ l ɫ ʈ ɖ ɳ ɭ ɬ ɮ r ɽ ɺ", (0.26, 0.08, 0.0, 0.22), (0.6, 0.3), False, False),
    ("θ ð", (0.26, 0.1, 0.0, 0.25), (0.9, 0.4), False, False),
    ("k ɡ g ŋ c ɟ ɲ ɴ x ɣ q ɢ χ ʁ ʀ h ɦ ħ ʕ ʔ ç ʝ ɰ ʎ", (0.3, 0.05, 0.0, 0.3), (0.35, 0.2), False, False),
    ("ɹ ɻ ɚ ɝ", (0.26, -0.3, 0.4, 0.22), (0.9, 1.0), False, False),
    ("j", (0.25, 0.4, -0.1, 0.18), (0.7, 0.7), False, False),
    ("i", (0.3, 0.6, -0.2, 0.2), (1.0, 1.0), False, False),
    ("ɪ ɨ ᵻ", (0.38, 0.35, -0.1, 0.3), (0.8, 0.7), False, False),
    ("e ɛ", (0.55, 0.42, -0.1, 0.5), (1.0, 0.8), False, False),
    ("æ", (0.85, 0.4, -0.15, 0.85), (1.1, 0.8), False, False),
    ("a ɑ ɐ", (1.0, 0.1, 0.0, 1.0), (1.1, 0.6), False, False),
    ("ʌ ɤ", (0.66, 0.05, 0.0, 0.65), (0.9, 0.5), False, False),
    ("ə ɘ", (0.42, 0.02, 0.05, 0.38), (0.5, 0.3), False, False),
    ("ɜ ɞ", (0.42, -0.2, 0.25, 0.4), (0.9, 0.7), False, False),
    ("ɯ", (0.26, 0.2, -0.05, 0.22), (0.9, 0.7), False, False),
    ("ɔ ɒ", (0.75, -0.45, 0.5, 0.75), (1.1, 1.1), False, False),
    ("o ɵ", (0.5, -0.6, 0.7, 0.5), (1.1, 1.3), False, False),
    ("œ ɶ", (0.56, -0.4, 0.6, 0.55), (1.0, 1.2), False, False),
    ("ø", (0.42, -0.55, 0.75, 0.42), (1.0, 1.3), False, False),
    ("ʊ ʏ", (0.34, -0.5, 0.6, 0.32), (0.9, 1.2), False, False),
    ("u ʉ y", (0.2, -0.75, 0.9, 0.2), (1.1, 1.6), False, False),
)

KIND_COUNT = len(_TABLE)
PAUSE = Viseme(0, 0.02, 0.0, 0.0, 0.05, 0.25, 0.25)
VISEMES: dict[str, Viseme] = {
    symbol: Viseme(kind, *targets, *strengths, closes, bursts)
    for kind, (symbols, targets, strengths, closes, bursts) in enumerate(_TABLE)
    for symbol in symbols.split()
}

# Flite speaks the phone set of the CMU dictionary.
_ARPABET = """
    aa ɑ  ae æ  ah ʌ  ao ɔ  aw aʊ  ax ə  ay aɪ  b b  ch tʃ  d d  dh ð  eh ɛ  er ɝ  ey eɪ  f f  g ɡ  hh h  ih ɪ
    iy i  jh dʒ  k k  l l  m m  n n  ng ŋ  ow oʊ  oy ɔɪ  p p  r ɹ  s s  sh ʃ  t t  th θ  uh ʊ  uw u  v v  w w
    y j  z z  zh ʒ  axr ɚ  dx ɾ  el l  em m  en n
""".split()
ARPABET: dict[str, str] = {
    "pau": "",
    "ssil": "",
    **dict(zip(_ARPABET[::2], _ARPABET[1::2], strict=True)),
}

_FRAME_SECONDS = 1 / LIP_RATE_HZ
_BURST_SHARE = 0.35
_CLOSING_LEAD_SECONDS = 0.03
_REACH_SECONDS = 0.07
_QUICK_REACH_SECONDS = 0.045
_SHORTEST_PAUSE_SECONDS = 0.1


def symbols_of(phoneme: str) -> list[str]:
    """The table's symbols in a phoneme name: "aɪ" has two, "tʃʰ" has two, "aː" one, a pause none.

    Length, stress, tone and small diacritics do not move lips and are left out; so is what nobody knows.
    """
    plain = unicodedata.normalize("NFD", phoneme)
    return [symbol for symbol in plain if symbol in VISEMES]


def is_pause(phoneme: str) -> bool:
    """Whether a phoneme name stands for silence (or for a change of language, "(en)")."""
    return phoneme.startswith("(") or phoneme.strip("_:|.") == ""


def _joined(sounds: Sequence[Sound]) -> list[Sound]:
    """Sounds without the gaps that belong to them: the silence before a stop is its closure, not a pause."""
    joined: list[Sound] = []
    waiting: float | None = None
    for sound in sounds:
        silent = is_pause(sound.phoneme)
        start = sound.start_seconds if waiting is None else waiting
        if silent and sound.end_seconds - start < _SHORTEST_PAUSE_SECONDS:
            waiting = start
            continue
        waiting = None
        if silent:
            joined.append(Sound("", start, sound.end_seconds))
        elif symbols_of(sound.phoneme):
            joined.append(Sound(sound.phoneme, start, sound.end_seconds))
        elif joined:
            # A mark that lips do not know ("ʲ") lengthens what it marks.
            joined[-1] = Sound(joined[-1].phoneme, joined[-1].start_seconds, sound.end_seconds)
    return joined


def _pieces(sounds: Sequence[Sound]) -> list[tuple[Viseme, float, float]]:
    pieces: list[tuple[Viseme, float, float]] = []
    for sound in _joined(sounds):
        symbols = symbols_of(sound.phoneme)
        if not symbols:
            pieces.append((PAUSE, sound.start_seconds, sound.end_seconds))
            continue
        length = (sound.end_seconds - sound.start_seconds) / len(symbols)
        for place, symbol in enumerate(symbols):
            start = sound.start_seconds + place * length
            pieces.append((VISEMES[symbol], start, start + length))
    return pieces


def _pull_times(viseme: Viseme, start: float, end: float) -> tuple[float, float]:
    """From when to when a sound holds its target."""
    if viseme.closes and viseme.bursts:
        return start - _CLOSING_LEAD_SECONDS, end - _BURST_SHARE * (end - start)
    if viseme.closes:
        return start - _CLOSING_LEAD_SECONDS / 2, end
    margin = 0.2 * (end - start)
    return start + margin, end - margin


def curves_of(sounds: Sequence[Sound], moments: int, loudness: Floats) -> LipCurves:
    """Lips for sounds in order of time; `loudness` [moments], 0 quiet to 1 loud, opens vowels wider."""
    times = (np.arange(moments) + 0.5) * _FRAME_SECONDS
    weighted = np.zeros((moments, 4))
    weights = np.full((moments, 4), 1e-3)
    closed = np.zeros(moments, bool)
    pause = np.ones(moments, bool)
    kind = np.zeros(moments, np.int64)
    for viseme, start, end in _pieces(sounds):
        hold_start, hold_end = _pull_times(viseme, start, end)
        away = np.maximum(np.maximum(hold_start - times, times - hold_end), 0.0)
        reach = _QUICK_REACH_SECONDS if viseme.closes else _REACH_SECONDS
        dominance = np.exp(-((away / reach) ** 1.5))
        rounding = viseme.rounding_strength
        strengths = np.array([viseme.strength, rounding, rounding, viseme.strength])
        targets = np.array([viseme.opening, viseme.width, viseme.protrusion, viseme.jaw])
        pull = dominance[:, None] * strengths
        weighted += pull * targets
        weights += pull
        inside = (times >= start) & (times < end)
        kind[inside] = viseme.kind
        pause[inside] = viseme.kind == 0
        if viseme.closes:
            closed |= (times >= hold_start) & (times < hold_end)
    articulators = weighted / weights
    louder = 0.5 + 0.5 * np.clip(loudness, 0.0, 1.2)[:, None]
    opening = articulators[:, [0, 3]]
    articulators[:, [0, 3]] = np.where(opening > 0.1, 0.1 + (opening - 0.1) * louder, opening)
    return LipCurves(_smooth(articulators).astype(np.float32), closed, pause, kind)


def _smooth(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Five moments, bell-shaped: lips have mass."""
    bell = np.hanning(7)[1:-1]
    bell /= bell.sum()
    padded = np.pad(curves, ((2, 2), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, bell, "valid") for column in padded.T], axis=1)
