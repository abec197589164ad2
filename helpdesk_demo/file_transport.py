"""A broker made of files whose messages appear whole.

Kombu's own opens a message's file under its final name and writes it then. A worker that looks in
between reads half a message, takes that for an unrecoverable error, and ends.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Kombu's, but for writing."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # as kombu's
        """To another name, then renamed, which is atomic; in the order of time, as kombu reads."""
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        whole = Path(self.data_folder_out, name)
        unfinished = whole.with_suffix(".unfinished")
        unfinished.write_text(dumps(payload))
        unfinished.rename(whole)


class Transport(filesystem.Transport):
    """For `broker_transport`."""

    Channel = Channel
