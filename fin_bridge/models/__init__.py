"""Our tables: what is to be told to Fin, how that went, and what Fin and we remember.

They live in one database with the helpdesk's conversations (a system check compares the routers),
so an event commits or rolls back with the change that caused it. All reads go to the database that
is written to: a replica that lags would lose events.
"""

from django.db import router

from .log import Attempt, Event, EventQuerySet, FinCall
from .references import FinReference, Kept, KeptMessage
from .states import ConversationState, EndUserState, IntegrationState

__all__ = [
    "Attempt",
    "ConversationState",
    "EndUserState",
    "Event",
    "EventQuerySet",
    "FinCall",
    "FinReference",
    "IntegrationState",
    "Kept",
    "KeptMessage",
    "database",
]


def database() -> str:
    """Return the alias of the database that our tables, and so the conversations, live in."""
    return router.db_for_write(Event)
