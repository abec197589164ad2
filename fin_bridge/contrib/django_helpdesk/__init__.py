"""Describes django-helpdesk to Fin; what Fin writes goes through the services of its own.

`FIN_BRIDGE_HELPDESK` names the `helpdesk` below, or one that you make of subclasses of its parts.
"""

from __future__ import annotations

from typing import Any

from helpdesk import settings as helpdesk_settings
from helpdesk.models import get_markdown

from ... import helpdesk as fin
from ...conf import conf
from . import authorship, services

_STATUSES = {
    value: "open" if value in helpdesk_settings.TICKET_OPEN_STATUSES else "closed"
    for value, _ in helpdesk_settings.TICKET_STATUS_CHOICES
} | {helpdesk_settings.RESOLVED_STATUS: "resolved"}
_WRITTEN = {"open": helpdesk_settings.REOPENED_STATUS, "closed": helpdesk_settings.CLOSED_STATUS}


class Staff(fin.Agents):
    """Agents are the active users that may log in to the pages for staff."""

    model, name, email = conf.raw("AUTH_USER_MODEL", "auth.User"), "get_full_name", "email"
    where = {"is_staff": True, "is_active": True}


class Tickets(services.Tickets):
    """A ticket is a conversation; of its customer only the address is known (`fin.Visitors`)."""

    model, title, assignee = "helpdesk.Ticket", "title", "assigned_to"
    user, created_at, updated_at = fin.Email("submitter_email"), "created", "modified"
    status = fin.Choice("status", _STATUSES, write=_WRITTEN)
    # Merging moves the follow-ups without a signal, but saves these before and after.
    watch = {"helpdesk.Ticket": "merged_to", "helpdesk.TicketCC": "ticket"}


class Descriptions(fin.Opening):
    """A ticket's description opens it, unless a follow-up repeats it."""

    model, created_at = "helpdesk.Ticket", "created"
    body = fin.Markdown("description", renderer=get_markdown)

    def is_shown(self, obj: Any) -> bool:
        return not authorship.openings(obj)  # a follow-up has the files as well


class FollowUps(services.FollowUps):
    """Replies and notes; changes of status and owner are follow-ups without a text."""

    model, conversation, created_at = "helpdesk.FollowUp", "ticket", "date"
    body = fin.Markdown("comment", renderer=get_markdown)
    visibility = fin.Flag("public", private=False)
    attachments = fin.Files(
        "followupattachment_set", file="file", name="filename", filetype="mime_type"
    )

    def is_shown(self, obj: Any) -> bool:
        return not authorship.is_automatic(obj)

    def is_answer(self, obj: Any) -> bool:
        return authorship.is_mail_of(obj, self.desk.agents)

    def get_author(self, obj: Any) -> Any:
        """Return a user, or the ticket for its customer, who has no row of their own."""
        return authorship.author(obj, self.desk.agents)


helpdesk = fin.Helpdesk(fin.Visitors, Staff, Tickets, Descriptions, FollowUps)
