"""Writes the numbers that tests compare our SyncNet evaluation with.

The steps are those of https://github.com/joonson/syncnet_python (run_pipeline.py: boxes smoothed with
scipy.signal.medfilt, crops with numpy and cv2; SyncNetInstance.py: python_speech_features.mfcc, windows of five
frames, calc_pdist with torch), without its detours over MPEG-4 and JPEG. Nothing here is shared with our code but the
two random networks, which onnxruntime runs. Needs:
pip install numpy scipy torch onnxruntime opencv-python-headless python_speech_features

    node tests/support/write-syncnet-graphs.ts GRAPHS
    python scripts/reference/syncnet_reference.py GRAPHS tests/fixtures
    npx prettier --write 'tests/fixtures/syncnet-*.json'
"""

import base64
import json
import math
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import python_speech_features
import torch
from scipy import signal
from scipy.interpolate import interp1d
from scipy.io import wavfile

WIDTH, HEIGHT, FRAMES, FPS = 260, 210, 170, 30
VSHIFT = 15
CROP_SCALE = 0.4


def wave(value):
    at = value % 510
    return np.where(at < 256, at, 510 - at)


def film_frame(index):
    """BGR picture, as cv2 reads it."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    channel = lambda c: wave(3 * x + 2 * y + 90 * c + 11 * index + ((x * y) >> 6))
    return np.stack([channel(2 - c) for c in (0, 1, 2)], axis=2).astype(np.uint8)


def face_box(index):
    """left, top, right, bottom counted from the corner of the first pixel; None where nobody is seen."""
    if 60 <= index < 75:
        return None
    left = 80 + int(wave(9 * index)) / 4
    top = 40 + int(wave(13 * index + 100)) / 8
    box = [left, top, left + 100 + index % 7, top + 112 + index % 5]
    return [side + 0.5 for side in box]


def nearest_frame(g):
    times = np.arange(FRAMES) / FPS
    return int(np.argmin(np.abs(times - g / 25)))


def crops_of_track(grid_count):
    seen = [(g, face_box(nearest_frame(g))) for g in range(grid_count)]
    seen = [(g, box) for g, box in seen if box is not None]
    numbers = np.array([g for g, _ in seen])
    boxes = np.array([box for _, box in seen])
    frames = np.arange(numbers[0], numbers[-1] + 1)
    boxes = np.stack([interp1d(numbers, boxes[:, side])(frames) for side in range(4)], axis=1)
    s = signal.medfilt([max(b[3] - b[1], b[2] - b[0]) / 2 for b in boxes], kernel_size=13)
    x = signal.medfilt([(b[0] + b[2]) / 2 for b in boxes], kernel_size=13)
    y = signal.medfilt([(b[1] + b[3]) / 2 for b in boxes], kernel_size=13)
    crops = []
    for i, g in enumerate(frames):
        bs = s[i]
        bsi = int(bs * (1 + 2 * CROP_SCALE))
        padded = np.pad(film_frame(nearest_frame(g)), ((bsi, bsi), (bsi, bsi), (0, 0)), "constant", constant_values=(110, 110))
        my, mx = y[i] + bsi, x[i] + bsi
        face = padded[
            int(my - bs) : int(my + bs * (1 + 2 * CROP_SCALE)),
            int(mx - bs * (1 + CROP_SCALE)) : int(mx + bs * (1 + CROP_SCALE)),
        ]
        crops.append(cv2.resize(face, (224, 224)))
    return frames, np.stack([x, y, s], axis=1), crops


def calc_pdist(feat1, feat2):
    feat2p = torch.nn.functional.pad(feat2, (0, 0, VSHIFT, VSHIFT))
    size = VSHIFT * 2 + 1
    return [
        torch.nn.functional.pairwise_distance(feat1[[i], :].repeat(size, 1), feat2p[i : i + size, :])
        for i in range(len(feat1))
    ]


def evaluate(face_feat, sound_feat):
    dists = calc_pdist(face_feat, sound_feat)
    mdist = torch.mean(torch.stack(dists, 1), 1)
    minval, minidx = torch.min(mdist, 0)
    fdist = np.stack([dist[minidx].numpy() for dist in dists])
    fconf = torch.median(mdist).numpy() - fdist
    return {
        "curve": [round(float(value), 6) for value in mdist],
        "avOffset": int(VSHIFT - minidx),
        "minDist": float(minval),
        "confidence": float(torch.median(mdist) - minval),
        "frameConfidence": [round(float(value), 6) for value in signal.medfilt(fconf, kernel_size=9)],
    }


def embed(path, windows, batch=20):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    out = [session.run(None, {name: np.concatenate(windows[i : i + batch])})[0] for i in range(0, len(windows), batch)]
    return torch.from_numpy(np.concatenate(out))


def golden_film(graphs, samples):
    grid_count = math.ceil(FRAMES * 25 / FPS)
    frames, squares, crops = crops_of_track(grid_count)
    sound = samples[frames[0] * 640 : (frames[-1] + 1) * 640]
    mfcc = python_speech_features.mfcc(sound, 16000).T
    cct = mfcc[np.newaxis, np.newaxis].astype(np.float32)
    im = np.transpose(np.expand_dims(np.stack(crops, axis=3), axis=0), (0, 3, 4, 1, 2)).astype(np.float32)
    assert im.shape == (1, 3, len(crops), 224, 224), im.shape
    last = min(len(crops), len(sound) // 640) - 5
    face_feat = embed(graphs / "face.onnx", [im[:, :, v : v + 5] for v in range(last)])
    sound_feat = embed(graphs / "sound.onnx", [cct[:, :, :, v * 4 : v * 4 + 20] for v in range(last)])
    shown = [0, 10, 24, 55, len(crops) - 1]
    return {
        "windows": last,
        "squares": [[int(i), *map(float, squares[i])] for i in range(0, len(squares), 5)],
        "crops": [
            {
                "index": i,
                # Every 37th value of the blue, green and red planes.
                "values": base64.b64encode(np.transpose(crops[i], (2, 0, 1)).reshape(-1)[::37].tobytes()).decode(),
            }
            for i in shown
        ],
        **evaluate(face_feat, sound_feat),
    }


def made_embeddings(count=60, size=24, shift=4):
    """Numbers from a linear congruential generator; the sound is the face `shift` windows later, with noise."""
    state = 7
    values = np.zeros(2 * count * size)
    for i in range(len(values)):
        state = (state * 1664525 + 1013904223) % 4294967296
        values[i] = state / 2147483648 - 1
    face = values[: count * size].reshape(count, size)
    noise = values[count * size :].reshape(count, size)
    sound = 0.5 * noise
    sound[shift:] += face[: count - shift]
    return torch.from_numpy(face.astype(np.float32)), torch.from_numpy(sound.astype(np.float32))


def mfcc_fixture(samples, note):
    mfcc = python_speech_features.mfcc(samples, 16000)
    return {
        "sound": note,
        "frames": int(mfcc.shape[0]),
        "values": base64.b64encode(mfcc.astype("<f4").tobytes()).decode(),
    }


def main():
    graphs, folder = Path(sys.argv[1]), Path(sys.argv[2])
    rate, speech = wavfile.read(folder / "mel-speech.wav")
    assert rate == 16000 and speech.dtype == np.int16
    made = "scripts/reference/syncnet_reference.py with python_speech_features 0.6, torch, scipy, cv2"
    silence_then_speech = np.concatenate([np.zeros(700, np.int16), speech[8000:14001]])
    write = lambda name, content: (folder / name).write_text(json.dumps({"made": made, **content}) + "\n")
    write(
        "syncnet-mfcc.json",
        {
            "sounds": [
                mfcc_fixture(silence_then_speech, "700 zeros, then samples 8000 to 14000 of mel-speech.wav"),
                mfcc_fixture(speech[20000:20300], "samples 20000 to 20299: shorter than a window"),
            ]
        },
    )
    write("syncnet-distances.json", {"shift": 4, **evaluate(*made_embeddings())})
    write("syncnet-film.json", golden_film(graphs, np.concatenate([speech, speech])))


main()
