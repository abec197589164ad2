"""Connects a Django helpdesk of your own with Fin, Intercom's AI agent.

What a host calls from its code stands here; nothing is imported before Django's apps are ready.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["acting_as_fin", "notify"]


def notify(conversation: Any, cause: str = "notified") -> None:
    """Tell Fin that a conversation changed: for `.update()`, `bulk_create` and raw SQL.

    Takes the helpdesk's object, or its id as Fin knows it. To be called in the transaction of the
    change, so that the event is rolled back with it.
    """
    from .events import outbox
    from .helpdesk import current

    if not isinstance(conversation, str):
        conversation = current().conversations.id_of(conversation)
    outbox.record(conversation, cause)


def acting_as_fin() -> bool:
    """Whether the running code was set off by a write of Fin's: for the host's mails and rules."""
    from .helpdesk.writing import own_writes

    return own_writes.acting_as_fin()
