"""The delivery log in Django's admin says whether Fin has got each change, and if not, why.

These are plain admin pages, read-only, so that a host's theme applies; sending again, cancelling
and pausing each need a permission of their own.
"""

from . import calls, conversations, events, integrations

__all__ = ["calls", "conversations", "events", "integrations"]
