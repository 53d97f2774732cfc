"""Which films may teach: the closed list of `sources.json`. Everything else is refused."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

FILM_SUFFIXES = {".mp4", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".avi", ".m4v"}
SOURCES_FILE = Path(__file__).parent.parent / "sources.json"


@dataclass(frozen=True)
class Source:
    """One allowed origin of films or of synthetic speech."""

    id: str
    title: str
    authors: str
    origin: str
    licence: str
    pattern: re.Pattern[str] | None
    """None for speech that we synthesise ourselves."""
    speaker: str | None
    close_up: bool
    in_sync: bool
    """Sound and picture belong together by construction: there is no lag to look for."""


@dataclass(frozen=True)
class Film:
    """A film that may be used."""

    id: str
    """Safe as a file name, unique among the films."""
    path: Path
    source: Source
    speaker: str
    """The same for all films of one person."""


class RefusedError(Exception):
    """A film whose licence is not known to allow training."""


def load_sources(path: Path = SOURCES_FILE) -> list[Source]:
    """Read the closed list, films first, then what is synthesised."""
    listed = json.loads(path.read_text(encoding="utf-8"))
    return [_source(entry) for entry in [*listed["sources"], *listed["synthetic"]]]


def _source(entry: dict[str, object]) -> Source:
    pattern = entry.get("pattern")
    speaker = entry.get("speaker")
    return Source(
        id=str(entry["id"]),
        title=str(entry["title"]),
        authors=str(entry["authors"]),
        origin=str(entry["origin"]),
        licence=str(entry["licence"]),
        pattern=re.compile(str(pattern)) if pattern is not None else None,
        speaker=str(speaker) if speaker is not None else None,
        close_up=bool(entry.get("closeUp", False)),
        in_sync=bool(entry.get("inSync", False)),
    )


def allowed(relative_path: str, path: Path, sources: list[Source]) -> Film:
    """Return the film with its licence and speaker.

    Raises:
        RefusedError: no pattern of the list matches the path below the media folder.

    """
    for source in sources:
        match = source.pattern.search(relative_path) if source.pattern is not None else None
        if match is None:
            continue
        # Where nothing says who speaks, every film counts as a speaker of its own.
        speaker = source.speaker or match.groupdict().get("speaker") or path.stem
        film_id = re.sub(r"[^\w.-]", "_", f"{source.id}-{speaker}-{path.stem}")
        return Film(id=film_id, path=path, source=source, speaker=f"{source.id}/{speaker}")
    raise RefusedError(f"{relative_path}: not in training/sources.json")


def find_films(media: Path, sources: list[Source]) -> tuple[list[Film], list[str]]:
    """All films below a folder: those that may be used, sorted by id, and why the others may not."""
    films: dict[str, Film] = {}
    refused: list[str] = []
    for path in sorted(media.rglob("*")):
        if path.suffix.lower() not in FILM_SUFFIXES or not path.is_file():
            continue
        try:
            film = allowed(path.relative_to(media).as_posix(), path, sources)
        except RefusedError as error:
            refused.append(str(error))
            continue
        # The same film twice (say, as .mpg and .mp4) would count twice.
        films.setdefault(film.id, film)
    return sorted(films.values(), key=lambda film: film.id), refused
