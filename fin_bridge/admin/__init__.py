"""The delivery log in Django's admin: did Fin get it, and if not, why?

Plain admin pages, read-only, so that a host's theme applies; what an operator may do is a
permission of its own.
"""

from . import conversations, events, integrations

__all__ = ["conversations", "events", "integrations"]
