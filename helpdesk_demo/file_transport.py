"""A broker made of files that appear whole.

Kombu's own opens a message's file under its final name and writes it then, and so it does with the
table of an exchange's queues. A worker that looks in between reads half of it, takes that for an
unrecoverable error, and ends.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Kombu's channel, except for writing, and for what two processes write at once."""

    def get_table(self, exchange: str) -> Any:
        with self._alone():
            return super().get_table(exchange)

    def _queue_bind(self, *binding: Any) -> None:
        with self._alone():
            super()._queue_bind(*binding)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.control_folder.mkdir(exist_ok=True)
        with Path(self.control_folder, "tables.lock").open("w") as file:
            filesystem.lock(file, filesystem.LOCK_EX)  # type: ignore[attr-defined]  # not in the stubs
            try:
                yield
            finally:
                filesystem.unlock(file)

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # as kombu's
        """Write to another name, then rename, which is atomic; names sort by time."""
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        whole = Path(self.data_folder_out, name)
        unfinished = whole.with_suffix(".unfinished")
        unfinished.write_text(dumps(payload))
        unfinished.rename(whole)


class Transport(filesystem.Transport):
    """The transport that the setting `broker_transport` names."""

    Channel = Channel
