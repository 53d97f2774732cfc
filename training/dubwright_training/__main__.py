"""From a folder of films to the models that Dubwright ships: `python -m dubwright_training --media FOLDER`."""

import argparse
from pathlib import Path

import torch

from .pipeline import Folders, Pipeline
from .recipe import recipe, smoke

_TRAINING = Path(__file__).parent.parent


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="dubwright_training", description=__doc__)
    parser.add_argument("--media", type=Path, required=True, help="films that may teach (see sources.json)")
    parser.add_argument("--out", type=Path, default=_TRAINING.parent / "models", help="where the models go")
    parser.add_argument("--work", type=Path, default=_TRAINING / "work", help="what is kept between runs")
    parser.add_argument("--held-out", type=Path, help="films to measure on; those that may teach are passed over")
    parser.add_argument("--rendered", type=Path, default=_TRAINING.parent / "resources/demo/speech.mp4")
    parser.add_argument("--jobs", type=int, help="feature processes at a time; one per core by default")
    parser.add_argument("--threads", type=int, help="of PyTorch; one per core by default")
    parser.add_argument("--smoke", action="store_true", help="a few steps only, to see that everything runs")
    options = parser.parse_args()
    if not options.media.is_dir():
        parser.error(f"no such folder: {options.media}")
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    rendered = options.rendered if options.rendered.exists() else None
    folders = Folders(options.media, options.held_out, rendered, options.work, options.out)
    Pipeline(folders, smoke() if options.smoke else recipe(), options.jobs).run()


if __name__ == "__main__":
    main()
