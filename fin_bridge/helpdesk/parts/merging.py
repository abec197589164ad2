"""Merging: people and conversations that live on as others, and where their words go."""

from __future__ import annotations

from typing import Any

from .part import Part


class Mergeable(Part):
    """A part whose objects a helpdesk may merge: its end users, or its conversations."""

    def merged_into(self, local_id: str, obj: Any | None) -> Any | None:
        """Return the object that another was merged into, or None for one that was not.

        A host that merges contacts or conversations overrides it. It is given the id by which Fin
        knows the merged one, and its row, which is None if it is not among the part's rows any
        more. It returns a row of the part's model. That row may itself be merged.
        """
        return None

    def living(self, local_id: str, obj: Any | None) -> Any | None:
        """Return the object that lives on in the end: the given one itself if it was not merged.

        It takes no statement unless `merged_into` takes one. In a circle nothing is merged.
        """
        if obj is None and self.key(local_id) is None:
            return None  # nobody's id: a query of the host's for it might raise
        passed, found = {local_id}, obj
        while (heir := self.merged_into(local_id, found)) is not None:
            local_id, found = self.id_of(heir), heir
            if local_id in passed:
                return obj
            passed.add(local_id)
        return found
