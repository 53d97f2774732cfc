"""From a folder of films to the models that Dubwright ships: `python -m dubwright_training --media FOLDER`."""

import argparse
from pathlib import Path

from .sources import find_films, load_sources

_TRAINING = Path(__file__).parent.parent


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dubwright_training", description=__doc__)
    parser.add_argument("--media", type=Path, required=True, help="films that may teach (see sources.json)")
    parser.add_argument("--out", type=Path, default=_TRAINING.parent / "models", help="where the models go")
    parser.add_argument("--work", type=Path, default=_TRAINING / "work", help="what is kept between runs")
    parser.add_argument("--held-out", type=Path, help="films to measure on; those that may teach are passed over")
    parser.add_argument(
        "--rendered",
        type=Path,
        default=_TRAINING.parent / "resources/demo/speech.mp4",
        help="rendered speakers to calibrate on: a film or a folder",
    )
    parser.add_argument("--jobs", type=int, help="feature processes at a time; one per core by default")
    parser.add_argument("--threads", type=int, help="of PyTorch; one per core by default")
    parser.add_argument("--smoke", action="store_true", help="a few steps only, to see that everything runs")
    parser.add_argument("--reference", type=Path, help="write PyTorch's answers here, to compare other runtimes with")
    parser.add_argument("--list", action="store_true", help="say which films may teach, and do nothing")
    return parser


def main() -> None:
    """Parse the command line and run."""
    parser = _parser()
    options = parser.parse_args()
    if not options.media.is_dir():
        parser.error(f"no such folder: {options.media}")
    if options.list:
        list_films(options.media)
        return
    # Here, because they take seconds to load and are not needed to list films.
    import torch  # noqa: PLC0415

    from .pipeline import Folders, Pipeline  # noqa: PLC0415
    from .recipe import recipe, smoke  # noqa: PLC0415

    if options.threads is not None:
        torch.set_num_threads(options.threads)
    rendered = options.rendered if options.rendered.exists() else None
    folders = Folders(options.media, options.held_out, rendered, options.work, options.out, options.reference)
    Pipeline(folders, smoke() if options.smoke else recipe(), options.jobs).run()


def list_films(media: Path) -> None:
    """Print every film below a folder: its licence, or that it is refused."""
    films, refused = find_films(media, load_sources())
    for film in films:
        print(f"{film.path.relative_to(media).as_posix()}: {film.speaker}, {film.source.licence}")
    for reason in refused:
        print(f"refused: {reason}")


if __name__ == "__main__":
    main()
