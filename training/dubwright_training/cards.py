"""The models' cards: `bundled.json` for the product and its tests, tables in `README.md` for people.

Both are written from what was used and measured, not from what was meant to be.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .clips import Clip
from .features import node_program
from .sources import Source
from .stages import file_sha256

LICENCE = "MIT"
_REPOSITORY = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class DataUsed:
    """What one source gave."""

    source: str
    title: str
    licence: str
    origin: str
    clips: int
    speakers: int
    seconds: float


@dataclass(frozen=True)
class Card:
    """One model."""

    id: str
    path: Path
    data: tuple[DataUsed, ...]
    seed: int
    figures: dict[str, dict[str, float]]
    """By what they were measured on: "held-out speakers", "held-out films"."""
    calibration: dict[str, float]
    """`biasMs` of the expert, `lagBiasMs` of lips from sound."""


def data_used(clips: Sequence[Clip], sources: Sequence[Source]) -> tuple[DataUsed, ...]:
    """Sum up clips by source.

    Raises:
        ValueError: a clip comes from nowhere that the closed list knows.

    """
    known = {source.id: source for source in sources}
    strangers = {clip.source for clip in clips} - known.keys()
    if strangers:
        raise ValueError(f"clips from sources that training/sources.json does not list: {sorted(strangers)}")
    used: list[DataUsed] = []
    for source in sources:
        its = [clip for clip in clips if clip.source == source.id]
        if not its:
            continue
        speakers = len({clip.speaker for clip in its})
        seconds = round(sum(clip.seen_seconds for clip in its), 1)
        used.append(DataUsed(source.id, source.title, source.licence, source.origin, len(its), speakers, seconds))
    return tuple(used)


def _entry(card: Card, version: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "file": card.path.name,
        "sha256": file_sha256(card.path),
        "bytes": card.path.stat().st_size,
        "version": version,
        "licence": LICENCE,
        **card.calibration,
    }
    return {
        **entry,
        "seed": card.seed,
        "data": [asdict(used) for used in card.data],
        "figures": card.figures,
    }


def write_cards(cards: Sequence[Card], folder: Path, version: str) -> None:
    """Write `bundled.json` and, where the folder has a `README.md`, the tables in it."""
    entries = {card.id: _entry(card, version) for card in cards}
    written = [folder / "bundled.json"]
    written[0].write_text(json.dumps({"models": entries}, indent=2, ensure_ascii=False) + "\n", "utf-8")
    readme = folder / "README.md"
    if readme.exists():
        text = readme.read_text(encoding="utf-8")
        for name, entry in entries.items():
            text = replace_between(text, name, tables_of(entry))
        readme.write_text(text, encoding="utf-8")
        written.append(readme)
    _format(written)


def replace_between(text: str, name: str, content: str) -> str:
    """Put content between the marks `<!-- NAME -->` and `<!-- /NAME -->`.

    Raises:
        ValueError: the text lacks a mark.

    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(start)
    _, ends, after = rest.partition(end)
    if not found or not ends:
        raise ValueError(f"models/README.md has no marks {start} and {end}")
    return f"{before}{start}\n\n{content}\n\n{end}{after}"


def _plain(cell: object) -> str:
    """A number as JSON and JavaScript would say it: 10, not 10.0."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _row(*cells: object) -> str:
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def tables_of(entry: dict[str, Any]) -> str:
    """A model's file, data and figures as Markdown tables."""
    lines = [
        f"`{entry['file']}`, {entry['bytes']} bytes, version {entry['version']}, licence {entry['licence']}, seed "
        f"{entry['seed']}, SHA-256 `{entry['sha256']}`"
    ]
    bias = entry.get("biasMs", entry.get("lagBiasMs"))
    lines += ["", f"Bias on rendered speakers, which the product takes off what is measured: {_plain(bias)} ms."]
    lines += ["", _row("Data", "Licence", "Clips", "Voices or people", "Seconds"), _row(*["---"] * 5)]
    for used in entry["data"]:
        name = f"[{used['title']}]({used['origin']})" if used["origin"].startswith("http") else used["title"]
        lines.append(_row(name, used["licence"], used["clips"], used["speakers"], used["seconds"]))
    for measured_on, figures in entry["figures"].items():
        lines += ["", _row(f"Measured on {measured_on}", ""), _row("---", "---")]
        lines += [_row(name, value) for name, value in figures.items()]
    return "\n".join(lines)


def _format(paths: Sequence[Path]) -> None:
    """As the repository's own formatter would have it, so that its check stays quiet."""
    prettier = _REPOSITORY / "node_modules" / "prettier" / "bin" / "prettier.cjs"
    if prettier.exists():
        command = [node_program(), str(prettier), "--log-level", "warn", "--write", *map(str, paths)]
        subprocess.run(command, check=True, cwd=_REPOSITORY)
