"""The demo's broker of files: a worker never sees half a message."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue
from kombu.transport import filesystem

from helpdesk_demo.file_transport import Transport

MESSAGES = 100
LONG = "x" * 1_000_000


@pytest.fixture(autouse=True)
def started() -> Iterator[None]:
    """A process that knows of no queue yet, and leaves none to know of."""
    Transport.global_state.clear()
    yield
    Transport.global_state.clear()


@contextmanager
def queue(folder: Path) -> Iterator[SimpleQueue]:
    places = ("data_folder_in", "data_folder_out", "control_folder")
    options = {**dict.fromkeys(places, str(folder)), "polling_interval": 0.0001}
    broker = Connection("filesystem://", transport=Transport, transport_options=options)
    with broker, broker.SimpleQueue("celery") as made:
        yield made


def test_a_worker_that_starts_beside_another_reads_no_half_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the queues that hang on an exchange: kombu makes the file before it locks it."""
    lock, is_made, never = filesystem.lock, threading.Event(), threading.Event()

    def lock_late(file: Any, flags: int) -> None:
        if file.mode == "wb":  # a table that is new, and empty yet
            is_made.set()
            never.wait(0.5)
        lock(file, flags)

    def start() -> None:
        with queue(tmp_path):
            pass

    monkeypatch.setattr(filesystem, "lock", lock_late)
    other = threading.Thread(target=start)
    other.start()
    assert is_made.wait(10)
    Transport.global_state.clear()  # as another process, which has none of this one's memory
    start()
    other.join()
    assert [json.loads(table.read_text()) for table in tmp_path.glob("*.exchange")] != []


@pytest.mark.exhaustive
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
