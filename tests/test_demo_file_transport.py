"""The demo's broker of files: a worker never sees half a message."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu import Connection
from kombu.simple import SimpleQueue

from helpdesk_demo.file_transport import Transport

MESSAGES = 100
LONG = "x" * 1_000_000


@contextmanager
def queue(folder: Path) -> Iterator[SimpleQueue]:
    places = ("data_folder_in", "data_folder_out", "control_folder")
    options = {**dict.fromkeys(places, str(folder)), "polling_interval": 0.0001}
    broker = Connection("filesystem://", transport=Transport, transport_options=options)
    with broker, broker.SimpleQueue("celery") as made:
        yield made


def test_what_is_read_while_it_is_written_is_whole(tmp_path: Path) -> None:
    def put() -> None:
        with queue(tmp_path) as hints:
            for number in range(MESSAGES):
                hints.put({"number": number, "text": LONG})

    writer = threading.Thread(target=put)
    read: list[Any] = []
    with queue(tmp_path) as hints:
        writer.start()
        while len(read) < MESSAGES:
            try:
                message = hints.get(timeout=10)
            except Empty:
                break
            message.ack()
            read.append(message.payload)
    writer.join()

    assert sorted(message["number"] for message in read) == list(range(MESSAGES))
    assert all(message["text"] == LONG for message in read)
