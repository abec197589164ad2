"""Connects a Django helpdesk of your own with Fin, Intercom's AI agent.

A host imports from here what it calls in its code; importing it loads no models.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["acting_as_fin", "notify"]


def notify(conversation: Any, cause: str = "notified") -> None:
    """Tell Fin that a conversation changed, where no signal does.

    Call it after `.update()`, `bulk_create` and raw SQL, in the transaction of the change: the
    event is then rolled back with it. `conversation` is the helpdesk's object, or its id (str) as
    Fin knows it; `cause` is shown in the delivery log, up to 200 characters of it. It costs one
    INSERT. In a transaction a database error is raised; outside of one it is logged.
    """
    from .events import outbox
    from .helpdesk import current

    if not isinstance(conversation, str):
        conversation = current().conversations.id_of(conversation)
    outbox.record(conversation, cause)


def acting_as_fin() -> bool:
    """Return whether a write by Fin has set off the code that calls this.

    The host's mails and automation rules may ask it, to leave Fin's own messages alone.
    """
    from .helpdesk.writing import own_writes

    return own_writes.acting_as_fin()
