"""Checkpoints: which messages Fin had when it pulled, so that a later pull may begin after one.

Messages enter a conversation late: a mail was hours under way, a draft is released, a note is made
public, a file was waited for, a thread is merged in. So `after_id` is taken up only where all that
stands before that message is what Fin has been given; in any other case the list is whole (the
contract allows either). A checkpoint is a digest of the ids up to a message, in order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

Checkpoints = Sequence[tuple[str, str]]
"""The id of each message after which Fin may ask, oldest first, with the digest up to it."""

MOST: Final = 20
"""A conversation keeps no more; a pull leaves one, and each message of Fin's adds one."""


class Passage:
    """The messages of one pull as they go by, compared with what Fin had before."""

    def __init__(self, checkpoints: Checkpoints, after_id: str) -> None:
        digests = dict(checkpoints)
        self._after_id, self._expected = after_id, digests.get(after_id)
        self._digest = self._last_id = ""

    def is_known_up_to(self, message_id: str) -> bool:
        """Add the next message; return whether Fin asked for what follows it and has the rest."""
        self._digest, self._last_id = _following(self._digest, message_id), message_id
        return message_id == self._after_id and self._digest == self._expected

    @property
    def checkpoints(self) -> list[tuple[str, str]]:
        """The checkpoint at the last message of this pull."""
        return [(self._last_id, self._digest)] if self._last_id else []


def with_message(checkpoints: Checkpoints, message_id: str) -> list[tuple[str, str]]:
    """Return the checkpoints with one for a message that Fin has added at the end."""
    latest = checkpoints[1 - MOST :]
    digest = latest[-1][1] if latest else ""
    return [*latest, (message_id, _following(digest, message_id))]


def _following(digest: str, message_id: str) -> str:
    return hashlib.sha256(f"{digest} {message_id}".encode(errors="replace")).hexdigest()[:32]
