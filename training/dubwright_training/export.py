"""Networks as ONNX files, each checked against ONNX Runtime before it counts."""

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from .network import LipsExpert, LipsNetwork, SoundExpert
from .recipe import LIP_NAMES, MEL_BANDS

OPSET = 17
_TOLERANCE = 1e-4
_CHECKED_MOMENTS = (1, 7, 64, 211)
_REFERENCE_MOMENTS = 90


def _names_of_time(mel_frames: bool) -> str:
    return "mel_frames" if mel_frames else "moments"


def _export(network: nn.Module, path: Path, *, hears: bool, outputs: Sequence[str]) -> float:
    """Write one network and return the largest difference between it and its file's answers."""
    network.eval()
    name, channels = ("mel", MEL_BANDS) if hears else ("lips", len(LIP_NAMES))
    per_moment = 2 if hears else 1
    time_axes = {name: {2: _names_of_time(hears)}, **{output: {2: "moments"} for output in outputs}}
    unfinished = path.with_suffix(".part")
    with warnings.catch_warnings():
        # The newer exporter needs a further package and gives the same graph.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network,
            (torch.zeros(1, channels, 64 * per_moment),),
            str(unfinished),
            opset_version=OPSET,
            input_names=[name],
            output_names=list(outputs),
            dynamic_axes=time_axes,
            dynamo=False,
        )
    model = onnx.load(str(unfinished))
    onnx.checker.check_model(model, full_check=True)
    difference = _largest_difference(network, unfinished, name, channels, per_moment)
    if difference > _TOLERANCE:
        raise AssertionError(f"{path.name} answers differently in ONNX Runtime, by {difference:.2e}")
    unfinished.replace(path)
    return difference


@torch.no_grad()
def _largest_difference(network: nn.Module, path: Path, name: str, channels: int, per_moment: int) -> float:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    chance = np.random.default_rng(1)
    largest = 0.0
    for moments in _CHECKED_MOMENTS:
        x = chance.standard_normal((1, channels, moments * per_moment)).astype(np.float32)
        ours = network(torch.from_numpy(x))
        theirs = session.run(None, {name: x})
        for mine, other in zip(ours if isinstance(ours, tuple) else (ours,), theirs, strict=True):
            if mine.shape != other.shape:
                raise AssertionError(f"{path.name}: {tuple(mine.shape)} became {other.shape}")
            largest = max(largest, float(np.abs(mine.numpy() - other).max()))
    return largest


@torch.no_grad()
def write_reference(networks: Mapping[str, nn.Module], path: Path) -> None:
    """Random inputs and PyTorch's answers by file name, as JSON: for another runtime to compare with."""
    chance = np.random.default_rng(2)
    reference: dict[str, dict[str, object]] = {}
    for name, network in networks.items():
        channels, per_moment = (len(LIP_NAMES), 1) if isinstance(network, LipsExpert) else (MEL_BANDS, 2)
        x = chance.standard_normal((1, channels, _REFERENCE_MOMENTS * per_moment)).astype(np.float32)
        answers = network.eval()(torch.from_numpy(x))
        answers = answers if isinstance(answers, tuple) else (answers,)
        reference[name] = {
            "dims": list(x.shape),
            "input": x.ravel().tolist(),
            "answers": [{"dims": list(one.shape), "data": one.ravel().tolist()} for one in answers],
        }
    path.write_text(json.dumps(reference), encoding="utf-8")


def export_lips(network: LipsNetwork, folder: Path) -> Path:
    """Write `lips-from-sound.onnx`: mel [1, 80, 2N] to shape [1, 12, N], closed [1, 1, N], features [1, C, N]."""
    path = folder / "lips-from-sound.onnx"
    difference = _export(network, path, hears=True, outputs=("shape", "closed", "features"))
    print(f"  {path.name}: {path.stat().st_size} bytes, within {difference:.1e} of PyTorch")
    return path


def export_expert(sound: SoundExpert, lips: LipsExpert, folder: Path) -> tuple[Path, Path]:
    """Write `sync-sound.onnx` (mel) and `sync-lips.onnx` (lips), both to embedding [1, D, N]."""
    paths = folder / "sync-sound.onnx", folder / "sync-lips.onnx"
    for network, path, hears in ((sound, paths[0], True), (lips, paths[1], False)):
        difference = _export(network, path, hears=hears, outputs=("embedding",))
        print(f"  {path.name}: {path.stat().st_size} bytes, within {difference:.1e} of PyTorch")
    return paths
