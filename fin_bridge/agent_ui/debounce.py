"""Decides which keystrokes Fin hears of: the first at once, then at most one in each interval.

This module is pure: the marks, which all web processes share and which lapse, are handed in.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Protocol


class Marks(Protocol):
    """A store of marks that lapse and that every web process sees."""

    def stands(self, key: str) -> bool:
        """Return whether a mark was left and has not lapsed; False where that is unknown."""
        ...

    def leave(self, key: str, seconds: float) -> bool:
        """Leave a mark unless it stands; return True to the one caller who has left it."""
        ...


@dataclass(frozen=True, slots=True)
class Debounce:
    """The decision; `interval` is in seconds, and `secret` makes the marks' keys unguessable."""

    marks: Marks
    secret: str
    interval: float

    def is_suppressed(self, session: str, conversation_id: str) -> bool:
        """Return whether Fin has heard of this session a moment ago, without any look-up.

        `session` is the cookie as it came, or "" where there is none. A suppressed keystroke does
        nothing, so a mark that outlives its session by an interval does no harm.
        """
        return bool(session) and self.marks.stands(self._key("session", session, conversation_id))

    def accept(self, session: str, agent_id: str, conversation_id: str) -> bool:
        """Return whether Fin is to hear of the keystroke of an agent who has been admitted.

        The session's mark lapses with the agent's, and only this keystroke leaves it: refreshed
        by later ones it would silence an agent who goes on typing.
        """
        agent_key = self._key("agent", agent_id, conversation_id)
        if not self.marks.leave(agent_key, self.interval):
            return False
        self.marks.leave(self._key("session", session, conversation_id), self.interval)
        return True

    def _key(self, *parts: str) -> str:
        # With the lengths, so that no two lists of parts are spelled alike.
        spelled = "".join(f"{len(part)}:{part}" for part in parts)
        digest = hmac.digest(self.secret.encode(), spelled.encode(), "sha256")
        return f"fin_bridge.typing.{digest.hex()}"
