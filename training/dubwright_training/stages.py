"""Steps that are not done twice: each leaves a record of what it depended on."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path


def fingerprint(value: object) -> str:
    """A short name for plain data: equal data, equal name."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Ledger:
    """Which stages are done, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def once(self, name: str, depends_on: object, make: Callable[[], None]) -> str:
        """Run `make` unless it was run to its end before with equal `depends_on`; returns the stage's fingerprint."""
        key = fingerprint([name, depends_on])
        record = self._folder / f"{name}.stage.json"
        if record.exists() and json.loads(record.read_text(encoding="utf-8"))["key"] == key:
            print(f"{name}: as before", flush=True)
            return key
        record.unlink(missing_ok=True)
        print(f"{name} ...", flush=True)
        started = time.monotonic()
        make()
        seconds = round(time.monotonic() - started, 1)
        record.write_text(json.dumps({"key": key, "seconds": seconds}), encoding="utf-8")
        print(f"{name}: {seconds:.0f} s", flush=True)
        return key
