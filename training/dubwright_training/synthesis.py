"""Speech with known phoneme times: our sentences, spoken by espeak-ng in many languages, by Flite and by Festival."""

import hashlib
import json
import random
import shutil
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from math import gcd
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from . import festival
from .espeak import Espeak, SpeakingStyle
from .features import extract_sounds
from .formants import babble
from .recipe import SynthesisRecipe
from .visemes import ARPABET, Sound

TEXTS = Path(__file__).parent.parent / "texts"
_RATE_HZ = 16_000
_FLITE_VOICES = ("slt", "rms", "awb", "kal16")
_SHORTEST_SECONDS = 1.0

# Text file -> the espeak-ng voices that read it, and how often it is drawn.
_LANGUAGES: dict[str, tuple[tuple[str, ...], float]] = {
    "en": (("en-us", "en", "en-gb-x-rp", "en-gb-scotland"), 9.0),
    "de": (("de",), 1.5),
    "fr": (("fr", "fr-be"), 1.5),
    "es": (("es", "es-419"), 1.5),
    "it": (("it",), 1.0),
    "pt": (("pt", "pt-br"), 1.0),
    "nl": (("nl",), 1.0),
    "pl": (("pl",), 1.0),
    "ru": (("ru",), 1.0),
    "sv": (("sv",), 0.7),
    "tr": (("tr",), 1.0),
    "zh": (("cmn-latn-pinyin",), 1.0),
    "ja": (("ja",), 1.0),
    "hi": (("hi",), 1.0),
    "ar": (("ar",), 0.7),
    "cs": (("cs",), 0.7),
    "el": (("el",), 0.7),
    "fi": (("fi",), 0.7),
    "hu": (("hu",), 0.7),
    "id": (("id",), 0.7),
    "ko": (("ko",), 0.7),
    "ro": (("ro",), 0.7),
    "uk": (("uk",), 0.7),
    "vi": (("vi",), 0.7),
}


@dataclass(frozen=True)
class Utterance:
    """One spoken text; its mel frames lie beside the list under the same id."""

    id: str
    source: str
    """`espeak-ng`, `flite`, `festival` or `formants`."""
    language: str
    voice: str
    seconds: float
    sounds: tuple[Sound, ...]


def sentences_of(language: str) -> list[str]:
    """Our sentences in a language; empty if there are none."""
    path = TEXTS / f"{language}.txt"
    if not path.exists():
        return []
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def texts_sha256() -> str:
    """Of all our sentences: speech is made anew when they change."""
    texts = b"".join(path.read_bytes() for path in sorted(TEXTS.glob("*.txt")))
    return hashlib.sha256(texts).hexdigest()


@cache
def english_vocabulary() -> tuple[str, ...]:
    """Words of this project's own documents: far more than our sentences have."""
    return tuple((TEXTS / "words-en.txt").read_text(encoding="utf-8").split())


def text_of(language: str, chance: random.Random, recipe: SynthesisRecipe) -> str:
    """One or two sentences, or as many random words."""
    if language == "en" and chance.random() < recipe.vocabulary_share:
        return " ".join(chance.choices(english_vocabulary(), k=chance.randint(6, 14))) + "."
    sentences = sentences_of(language)
    if chance.random() >= recipe.salad_share:
        return " ".join(chance.sample(sentences, chance.choice((1, 1, 2))))
    words = [word for sentence in sentences for word in sentence.strip(".?!。？！।؟").split()]
    if len(words) < 2 * len(sentences):
        # A language written without spaces: mix whole sentences.
        return " ".join(chance.sample(sentences, 2))
    return " ".join(chance.choice(words) for _ in range(chance.randint(5, 12))) + "."


def _espeak_utterances(recipe: SynthesisRecipe, seed: int) -> Iterator[tuple[Utterance, NDArray[np.float32]]]:
    try:
        espeak = Espeak()
    except OSError as error:
        print(f"  espeak-ng is missing, its speech is left out ({error}); try: apt-get install libespeak-ng1")
        return
    chance = random.Random(seed)
    variants = espeak.variants()
    languages = [language for language in _LANGUAGES if sentences_of(language)]
    weights = [_LANGUAGES[language][1] for language in languages]
    for number in range(recipe.espeak_utterances):
        language = chance.choices(languages, weights)[0]
        voice = f"{chance.choice(_LANGUAGES[language][0])}+{chance.choice(variants)}"
        style = SpeakingStyle(
            chance.randint(*recipe.words_per_minute),
            chance.randint(*recipe.pitch),
            chance.randint(*recipe.pitch_range),
            chance.randint(*recipe.volume),
            chance.randint(*recipe.word_gap_10ms),
        )
        spoken = espeak.speak(text_of(language, chance, recipe), voice, style)
        if spoken is None:
            print(f"  espeak-ng has no voice {voice}")
            continue
        samples, sounds = spoken
        common = gcd(_RATE_HZ, espeak.sample_rate_hz)
        samples = resample_poly(samples, _RATE_HZ // common, espeak.sample_rate_hz // common)
        utterance = Utterance(
            f"espeak-{number:05d}", "espeak-ng", language, voice, len(samples) / _RATE_HZ, tuple(sounds)
        )
        yield utterance, samples.astype(np.float32)


def _flite_utterances(
    recipe: SynthesisRecipe, seed: int, folder: Path
) -> Iterator[tuple[Utterance, NDArray[np.float32]]]:
    flite = shutil.which("flite")
    if flite is None:
        print("  flite is missing, its speech is left out; try: apt-get install flite")
        return
    chance = random.Random(seed)
    text_path, wav_path = folder / "flite.txt", folder / "flite.wav"
    for number in range(recipe.flite_utterances):
        voice = chance.choice(_FLITE_VOICES)
        text_path.write_text(text_of("en", chance, recipe), encoding="utf-8")
        stretch = f"duration_stretch={chance.uniform(0.8, 1.15):.2f}"
        files = ["-f", str(text_path), "-o", str(wav_path)]
        command = [flite, "-voice", voice, "--setf", stretch, *files, "-psdur"]
        printed = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
        with wave.open(str(wav_path)) as sound:
            samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32) / 32768
            rate_hz = sound.getframerate()
        common = gcd(_RATE_HZ, rate_hz)
        samples = resample_poly(samples, _RATE_HZ // common, rate_hz // common).astype(np.float32)
        sounds = tuple(_flite_sounds(printed))
        yield Utterance(f"flite-{number:05d}", "flite", "en", voice, len(samples) / _RATE_HZ, sounds), samples
    text_path.unlink(missing_ok=True)
    wav_path.unlink(missing_ok=True)


def _festival_utterances(recipe: SynthesisRecipe, seed: int) -> Iterator[tuple[Utterance, NDArray[np.float32]]]:
    voices = festival.installed_voices() if recipe.festival_utterances > 0 else []
    if not voices and recipe.festival_utterances > 0:
        print("  festival is missing, its speech is left out; try: apt-get install festival festvox-kallpc16k")
        return
    chance = random.Random(seed)
    number = 0
    for voice in voices:
        count = recipe.festival_utterances // len(voices)
        texts = [text_of(voice.language, chance, recipe) for _ in range(count)]
        for samples, rate_hz, sounds in festival.speak(voice, texts, chance):
            common = gcd(_RATE_HZ, rate_hz)
            resampled = resample_poly(samples, _RATE_HZ // common, rate_hz // common).astype(np.float32)
            seconds = len(resampled) / _RATE_HZ
            named = (f"festival-{number:05d}", "festival", voice.language, voice.name, seconds)
            yield Utterance(*named, tuple(sounds)), resampled
            number += 1


def _formant_utterances(recipe: SynthesisRecipe, seed: int) -> Iterator[tuple[Utterance, NDArray[np.float32]]]:
    for number in range(recipe.formant_utterances):
        samples, sounds = babble(np.random.default_rng([seed, number]), _RATE_HZ)
        seconds = len(samples) / _RATE_HZ
        yield Utterance(f"formants-{number:05d}", "formants", "", f"babble{number}", seconds, tuple(sounds)), samples


def _flite_sounds(printed: str) -> Iterator[Sound]:
    """Parse "pau:0.2 hh:0.25 ...": each phone and when it ends."""
    start = 0.0
    for entry in printed.split():
        phone, _, end_text = entry.rpartition(":")
        end = float(end_text)
        yield Sound(ARPABET.get(phone, phone), start, end)
        start = end


def synthesise(recipe: SynthesisRecipe, seed: int, out: Path) -> list[Utterance]:
    """Speak, and keep each utterance's mel frames (by the product's code) and sounds in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    utterances: list[Utterance] = []
    sounds: list[tuple[str, Path]] = []
    speakers = [_espeak_utterances(recipe, seed), _flite_utterances(recipe, seed + 1, out)]
    speakers.append(_festival_utterances(recipe, seed + 3))
    if recipe.formant_utterances > 0:
        speakers.append(_formant_utterances(recipe, seed + 2))
    for spoken in speakers:
        for utterance, samples in spoken:
            if not _SHORTEST_SECONDS <= utterance.seconds <= recipe.longest_seconds:
                continue
            path = out / f"{utterance.id}.pcm"
            samples.astype("<f4").tofile(path)
            (out / f"{utterance.id}.json").unlink(missing_ok=True)
            sounds.append((utterance.id, path))
            utterances.append(utterance)
    failures = extract_sounds(sounds, out)
    for _, path in sounds:
        path.unlink()
    if failures:
        raise RuntimeError(f"{len(failures)} synthetic sounds have no mel: {failures[0]}")
    (out / "utterances.json").write_text(json.dumps([asdict(one) for one in utterances]), encoding="utf-8")
    return utterances


def read_utterances(out: Path) -> list[Utterance]:
    """What `synthesise` kept."""
    listed = json.loads((out / "utterances.json").read_text(encoding="utf-8"))
    return [Utterance(**{**entry, "sounds": tuple(Sound(**sound) for sound in entry["sounds"])}) for entry in listed]
