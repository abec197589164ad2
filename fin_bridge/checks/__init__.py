"""System checks: a wrong setting or description is named at start, with the way to mend it.

Importing this registers them, under the tag `fin_bridge`. None of them talks to a database, a
broker or Fin. Each mistake has an id of its own, which never changes; `docs/checks.md` lists them.
"""

from . import deployment, description, integrations, settings

__all__ = ["deployment", "description", "integrations", "settings"]
