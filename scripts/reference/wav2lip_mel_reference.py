"""Writes the numbers that tests compare our Wav2Lip sound picture with.

The formula is the one of Wav2Lip's audio.py with hparams.py, run through librosa and scipy, which share no code
with ours. Needs: pip install numpy scipy librosa soundfile (made with librosa 0.11.0; `pad_mode` is spelt out,
because librosa's own default changed from `reflect` to zeros in 0.10).

    python scripts/reference/wav2lip_mel_reference.py tests/fixtures            # rewrite the fixtures
    python scripts/reference/wav2lip_mel_reference.py --compare a.wav a.f32     # largest difference from ours
"""

import base64
import json
import math
import sys
from pathlib import Path

import librosa
import numpy as np
import soundfile
from scipy import signal

# Values -4 … 4 are stored as 16-bit integers: error below 7e-5.
STEPS_PER_UNIT = 8000


def reference_mel(wav):
    emphasised = signal.lfilter([1, -0.97], [1], wav)
    spectrum = np.abs(librosa.stft(y=emphasised, n_fft=800, hop_length=200, win_length=800, pad_mode="reflect"))
    basis = librosa.filters.mel(sr=16000, n_fft=800, n_mels=80, fmin=55, fmax=7600)
    min_level = np.exp(-100 / 20 * np.log(10))
    decibels = 20 * np.log10(np.maximum(min_level, np.dot(basis, spectrum))) - 20
    return np.clip(8 * ((decibels + 100) / 100) - 4, -4, 4).T


def synthetic_sound(count=33_333):
    """A rising tone, noise from a linear congruential generator, and a second of digital silence."""
    sound = np.zeros(count)
    state = 1
    for n in range(count):
        state = (state * 1664525 + 1013904223) % 4294967296
        if 8000 <= n < 12000:
            continue
        noise = state / 2147483648 - 1
        seconds = n / 16000
        sound[n] = 0.4 * math.sin(2 * math.pi * (80 * seconds + 1200 * seconds * seconds)) + 0.02 * noise
    return sound


def fixture(mel, note):
    values = np.round(mel * STEPS_PER_UNIT).astype("<i2")
    return {
        "made": f"librosa {librosa.__version__}, scripts/reference/wav2lip_mel_reference.py",
        "sound": note,
        "frames": int(mel.shape[0]),
        "stepsPerUnit": STEPS_PER_UNIT,
        "values": base64.b64encode(values.tobytes()).decode(),
    }


def write(path, mel, note):
    path.write_text(json.dumps(fixture(mel, note), indent=2) + "\n")


def main():
    if sys.argv[1] == "--compare":
        wav, rate = soundfile.read(sys.argv[2])
        assert rate == 16000 and wav.ndim == 1
        expected = reference_mel(wav)
        ours = np.fromfile(sys.argv[3], dtype="<f4").reshape(-1, 80)
        assert ours.shape == expected.shape, (ours.shape, expected.shape)
        print(f"{expected.shape[0]} frames, largest difference {np.abs(ours - expected).max():.2e}")
        return
    folder = Path(sys.argv[1])
    write(folder / "mel-synthetic.json", reference_mel(synthetic_sound()), "synthetic_sound()")
    wav, rate = soundfile.read(folder / "mel-speech.wav")
    assert rate == 16000 and wav.ndim == 1
    write(folder / "mel-speech.json", reference_mel(wav), "mel-speech.wav")


main()
