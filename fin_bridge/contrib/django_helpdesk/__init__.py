"""django-helpdesk, as Fin is to see it.

`FIN_BRIDGE_HELPDESK` names the `helpdesk` below, or one that you make of subclasses of its parts.
"""

from typing import Any

from helpdesk import settings as theirs
from helpdesk.models import get_markdown

from ... import helpdesk as fin
from ...conf import conf
from . import rules, verbs

_STATUSES = {
    value: "open" if value in theirs.TICKET_OPEN_STATUSES else "closed"
    for value, _ in theirs.TICKET_STATUS_CHOICES
} | {theirs.RESOLVED_STATUS: "resolved"}
_WRITTEN = {"open": theirs.REOPENED_STATUS, "closed": theirs.CLOSED_STATUS}


class Staff(fin.Agents):
    """Who may log in to its pages for staff."""

    model, name, email = conf.raw("AUTH_USER_MODEL", "auth.User"), "get_full_name", "email"
    where = {"is_staff": True, "is_active": True}


class Tickets(verbs.Tickets):
    """Of a customer it knows only the address: they are visitors."""

    model, title, assignee = "helpdesk.Ticket", "title", "assigned_to"
    user, created_at, updated_at = fin.Email("submitter_email"), "created", "modified"
    status = fin.Choice("status", _STATUSES, write=_WRITTEN)
    # Merging moves the follow-ups without a signal, but saves these before and after.
    watch = {"helpdesk.Ticket": "merged_to", "helpdesk.TicketCC": "ticket"}


class Descriptions(fin.Opening):
    """What opens a ticket, unless a follow-up repeats it."""

    model, created_at = "helpdesk.Ticket", "created"
    body = fin.Markdown("description", renderer=get_markdown)

    def is_shown(self, obj: Any) -> bool:
        """A follow-up has the files as well."""
        return not rules.openings(obj)


class FollowUps(verbs.FollowUps):
    """Replies and notes; changes of status and owner are follow-ups without a text."""

    model, conversation, created_at = "helpdesk.FollowUp", "ticket", "date"
    body = fin.Markdown("comment", renderer=get_markdown)
    visibility = fin.Flag("public", private=False)
    attachments = fin.Files(
        "followupattachment_set", file="file", name="filename", filetype="mime_type"
    )

    def is_shown(self, obj: Any) -> bool:
        """Not what its command for escalations notes."""
        return not rules.is_automatic(obj)

    def get_author(self, obj: Any) -> Any:
        """There is no column for customers."""
        return rules.author(obj, self.desk.agents)


helpdesk = fin.Helpdesk(fin.Visitors, Staff, Tickets, Descriptions, FollowUps)
