"""espeak-ng through its library: samples, and when each phoneme begins (speak_lib.h)."""

import ctypes
import ctypes.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .visemes import Sound

_SYNCHRONOUS, _PHONEME_EVENTS, _PHONEME_IPA, _UTF8 = 2, 1, 2, 1
_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7
_END_OF_LIST, _PHONEME = 0, 7
_UNSUITABLE_VARIANTS = (
    "whisper",
    "robo",
    "demonic",
    "croak",
    "storm",
    "tweaky",
    "unirobot",
    "fast",
    "ricishay",
)
"""Whispers and robots do not sound like anyone who is dubbed."""


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("phoneme", ctypes.c_char * 8),
    ]


class _Voice(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class SpeakingStyle:
    """How a sentence is said."""

    words_per_minute: int
    pitch: int
    pitch_range: int
    volume: int
    word_gap_10ms: int


class Espeak:
    """One speaking library; there can be only one in a process."""

    def __init__(self) -> None:
        """Open the library.

        Raises:
            OSError: espeak-ng is not installed (on Debian and Ubuntu: apt-get install libespeak-ng1).

        """
        self._library = ctypes.CDLL(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        self._blocks: list[bytes] = []
        self._starts: list[tuple[str, float]] = []
        # Kept, or Python would free it while the library still calls it.
        self._callback = _Callback(self._on_sound)
        rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS | _PHONEME_IPA)
        if rate <= 0:
            raise OSError("espeak-ng finds no voice data")
        self.sample_rate_hz: int = rate
        self._library.espeak_SetSynthCallback(self._callback)

    def variants(self) -> list[str]:
        """Names of the voice variants ("f2", "Marco") that sound like people, sorted."""
        asked = _Voice(languages=b"variant")
        voices = self._library.espeak_ListVoices(ctypes.byref(asked))
        names: list[str] = []
        index = 0
        while voices[index]:
            identifier = (voices[index].contents.identifier or b"").decode("utf-8", "ignore")
            names.append(Path(identifier).name)
            index += 1
        return sorted({name for name in names if name and not name.lower().startswith(_UNSUITABLE_VARIANTS)})

    def speak(self, text: str, voice: str, style: SpeakingStyle) -> tuple[NDArray[np.float32], list[Sound]] | None:
        """Say a text; mono samples (-1 to 1) and the sounds with their times. None if there is no such voice."""
        library = self._library
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            return None
        for parameter, value in (
            (_RATE, style.words_per_minute),
            (_VOLUME, style.volume),
            (_PITCH, style.pitch),
            (_RANGE, style.pitch_range),
            (_WORD_GAP, style.word_gap_10ms),
        ):
            library.espeak_SetParameter(parameter, value, 0)
        self._blocks.clear()
        self._starts.clear()
        data = text.encode("utf-8")
        library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
        library.espeak_Synchronize()
        if not self._blocks:
            return None
        samples = np.frombuffer(b"".join(self._blocks), "<i2").astype(np.float32) / np.float32(32768)
        return samples, self._sounds(len(samples) / self.sample_rate_hz)

    def _on_sound(self, wav: int | None, count: int, events: "ctypes._Pointer[_Event]") -> int:
        if wav and count > 0:
            self._blocks.append(ctypes.string_at(wav, count * 2))
        index = 0
        while events[index].type != _END_OF_LIST:
            event = events[index]
            if event.type == _PHONEME:
                # As bytes, not as a C string: a name of eight bytes has no end mark.
                name = ctypes.string_at(ctypes.addressof(event) + _Event.phoneme.offset, 8)
                ipa = name.split(b"\0")[0].decode("utf-8", "ignore")
                self._starts.append((ipa, event.audio_position_ms / 1000))
            index += 1
        return 0

    def _sounds(self, seconds: float) -> list[Sound]:
        ends = [start for _, start in self._starts[1:]] + [seconds]
        return [
            Sound(phoneme, start, end) for (phoneme, start), end in zip(self._starts, ends, strict=True) if end > start
        ]
