"""Which keystroke is news to Fin: the first at once, then at most one an interval.

Pure: what is shared by all web processes, and forgets by itself, is handed in.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Protocol


class Marks(Protocol):
    """Marks that lapse, seen by every web process."""

    def stands(self, key: str) -> bool:
        """Whether it was left and has not lapsed; False where that cannot be told."""
        ...

    def leave(self, key: str, seconds: float) -> bool:
        """Leave it unless it stands; whether it was left, by this caller alone."""
        ...


@dataclass(frozen=True, slots=True)
class Debounce:
    """The decision. `interval` is in seconds; `secret` keeps what the marks are of unguessable."""

    marks: Marks
    secret: str
    interval: float

    def is_suppressed(self, session: str, conversation_id: str) -> bool:
        """Whether this session was let through a moment ago, so that nobody need be looked up.

        `session` is the cookie as it came, "" for none. To say yes is to do nothing, so that a
        mark that outlives its session by an interval does no harm.
        """
        return bool(session) and self.marks.stands(self._key("session", session, conversation_id))

    def accept(self, session: str, agent_id: str, conversation_id: str) -> bool:
        """Whether Fin is to hear of it. Only for who has been admitted to the conversation.

        The session's mark lapses with the agent's, and is left by this keystroke only: refreshed
        by later ones it would silence whoever goes on typing.
        """
        gate = self._key("agent", agent_id, conversation_id)
        if not self.marks.leave(gate, self.interval):
            return False
        self.marks.leave(self._key("session", session, conversation_id), self.interval)
        return True

    def _key(self, *parts: str) -> str:
        """With the lengths, so that no two lists of parts are spelled alike."""
        spelled = "".join(f"{len(part)}:{part}" for part in parts)
        digest = hmac.digest(self.secret.encode(), spelled.encode(), "sha256")
        return f"fin_bridge.typing.{digest.hex()}"
