"""A broker in memory that another thread's new queue does not break."""

from __future__ import annotations

from kombu.transport import memory, virtual


class Channel(memory.Channel):
    """Kombu's walks through all threads' queues as it closes, which fails where one is added."""

    def close(self) -> None:
        virtual.Channel.close(self)


class Transport(memory.Transport):
    """For kombu's alias `memory`."""

    Channel = Channel
