"""Festival's voices: cut from recordings of people, so their spectra are those of people; phone times come with them.

Debian packages: festival and festvox-{kallpc16k,us-slt-hts,italp16k,itapc16k,czech-*,ru,suopuhe-*}. Each voice
spells its phones in its own way; here they become IPA.
"""

import random
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .visemes import ARPABET, Sound


@dataclass(frozen=True)
class FestivalVoice:
    """One voice: what Festival calls it, the language of our texts, and the encoding it reads."""

    name: str
    language: str
    encoding: str


_VOICES = (
    FestivalVoice("cmu_us_slt_arctic_hts", "en", "utf-8"),
    FestivalVoice("kal_diphone", "en", "utf-8"),
    FestivalVoice("lp_diphone", "it", "iso-8859-1"),
    FestivalVoice("pc_diphone", "it", "iso-8859-1"),
    FestivalVoice("czech_dita", "cs", "iso-8859-2"),
    FestivalVoice("czech_krb", "cs", "iso-8859-2"),
    FestivalVoice("czech_machac", "cs", "iso-8859-2"),
    FestivalVoice("czech_ph", "cs", "iso-8859-2"),
    FestivalVoice("msu_ru_nsh_clunits", "ru", "utf-8"),
    FestivalVoice("suo_fi_lj_diphone", "fi", "iso-8859-1"),
    FestivalVoice("hy_fi_mv_diphone", "fi", "iso-8859-1"),
)

_PAUSES = {"#", "##", "pau", "_"}
_AFFRICATES = {"dZ": "dʒ", "tS": "tʃ", "ts": "ts", "dz": "dz"}
_PHONES: dict[str, dict[str, str]] = {
    "it": {**_AFFRICATES, "S": "ʃ", "Z": "ʒ", "O": "ɔ", "E": "ɛ", "ng": "ŋ", "nf": "ɱ", "J": "ɲ", "L": "ʎ"},
    "cs": {
        **{"r~": "ʒ", "r~*": "ʃ", "s~": "ʃ", "z~": "ʒ", "c~": "tʃ", "dz~": "dʒ", "c": "ts"},
        **{"ch": "x", "d~": "ɟ", "t~": "c", "n~": "ɲ", "n*": "ŋ", "y": "i", "?": "ʔ", "@": "ə"},
    },
    "ru": {
        **{"sh": "ʃ", "sch": "ɕ", "ch": "tʃ", "zh": "ʒ", "h": "x", "hh": "x", "c": "ts"},
        **{"y": "ɨ", "yy": "ɨ", "ae": "ə", "ay": "i", "ur": "u"},
    },
    "fi": {"@": "æ", "{": "æ", "7": "ø", "2": "ø", "q": "ø", "ng": "ŋ", "N": "ŋ"},
}


def ipa_of(language: str, phone: str) -> str:
    """A phone of Festival's in IPA; the empty string for a pause."""
    if phone in _PAUSES:
        return ""
    if language == "en":
        return ARPABET.get(phone, phone)
    known = _PHONES[language]
    # Digits mark stress ("a1"), colons length; Finnish spells two vowels by digits.
    plain = phone.replace(":", "") if language == "fi" else phone.rstrip("0123456789:")
    if plain in known:
        return known[plain]
    # Russian writes soft consonants and stressed vowels twice.
    return plain[0] if language == "ru" and len(plain) == 2 and plain[0] == plain[1] else plain


def installed_voices() -> list[FestivalVoice]:
    """The voices named here that Festival has; none where Festival is missing."""
    festival = shutil.which("festival")
    if festival is None:
        return []
    printed = subprocess.run(
        [festival, "--pipe"], input="(print (voice.list))", capture_output=True, check=False, encoding="utf-8"
    ).stdout
    named = set(printed.replace("(", " ").replace(")", " ").split())
    return [voice for voice in _VOICES if voice.name in named]


def speak(
    voice: FestivalVoice, texts: Sequence[str], chance: random.Random
) -> Iterator[tuple[NDArray[np.float32], int, list[Sound]]]:
    """Say texts one by one: mono samples (-1 to 1), their rate, the sounds. What the voice cannot say is left out."""
    with tempfile.TemporaryDirectory() as folder:
        script = [f"(voice_{voice.name})".encode()]
        for number, text in enumerate(texts):
            script.append(f"(Parameter.set 'Duration_Stretch {chance.uniform(0.85, 1.2):.2f})".encode())
            said = text.replace('"', "").replace("\\", "").encode(voice.encoding, "ignore")
            script.append(b"(set! said (eval (list 'Utterance 'Text \"" + said + b'"))) (utt.synth said)')
            to = f"{folder}/{number}"
            script.append(f'(utt.save.wave said "{to}.wav") (utt.save.segs said "{to}.seg")'.encode())
        path = Path(folder) / "say.scm"
        path.write_bytes(b"\n".join(script))
        # One text that a voice cannot say ends the script; what was said before it stays.
        subprocess.run(["festival", "-b", str(path)], capture_output=True, check=False)
        for number in range(len(texts)):
            sound, segments = Path(f"{folder}/{number}.wav"), Path(f"{folder}/{number}.seg")
            if not sound.exists() or not segments.exists():
                continue
            with wave.open(str(sound)) as file:
                samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
                rate_hz = file.getframerate()
            yield samples, rate_hz, _read_segments(segments, voice.language)


def _read_segments(path: Path, language: str) -> list[Sound]:
    """Lines "end-time number phone" after a header that ends with "#"."""
    sounds: list[Sound] = []
    start = 0.0
    for line in path.read_text(encoding="latin-1").splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        end = float(fields[0])
        sounds.append(Sound(ipa_of(language, fields[2]), start, end))
        start = end
    return sounds
