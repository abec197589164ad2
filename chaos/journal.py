"""Journals: a line of JSON for each thing that happened, on the disk before what follows."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


class Journal:
    """One file, written by one process; its threads may share it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()

    def write(self, **entry: Any) -> None:
        """Write it with the time, in seconds since the epoch; on the disk when this returns."""
        with self._lock:
            line = json.dumps({"at": time.time(), **entry}) + "\n"
            self._file.write(line.encode())
            os.fsync(self._file.fileno())


def entries(folder: Path, name: str) -> Iterator[Entry]:
    """What stands in the journals of that name; the last line of a killed writer may be torn."""
    for path in sorted(folder.glob(f"{name}*.jsonl")):
        for line in path.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n"):
                yield json.loads(line)
