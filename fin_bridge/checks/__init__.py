"""System checks: each wrong setting or description is named at start, with its remedy.

Importing this package registers them, under the tag `fin_bridge`. None of them talks to a
database, a broker or Fin. Each mistake has an id of its own, which never changes; `docs/checks.md`
lists them.
"""

from . import description, infrastructure, integrations, settings

__all__ = ["description", "infrastructure", "integrations", "settings"]
