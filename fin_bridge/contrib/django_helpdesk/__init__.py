"""Describes django-helpdesk to Fin; what Fin writes goes through the services of its own.

`FIN_BRIDGE_HELPDESK` names the `helpdesk` below, or one that you make of subclasses of its parts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from helpdesk import settings as helpdesk_settings

from ... import helpdesk as fin
from ...conf import conf
from ...records import NewConversation
from . import authorship, services

_STATUSES = {
    value: "open" if value in helpdesk_settings.TICKET_OPEN_STATUSES else "closed"
    for value, _ in helpdesk_settings.TICKET_STATUS_CHOICES
} | {helpdesk_settings.RESOLVED_STATUS: "resolved"}
_WRITTEN = {
    "open": helpdesk_settings.REOPENED_STATUS,
    "closed": helpdesk_settings.CLOSED_STATUS,
}


class Staff(fin.Agents):
    """Agents are the active users that may log in to the pages for staff."""

    model, name, email = conf.raw("AUTH_USER_MODEL", "auth.User"), "get_full_name", "email"
    where = {"is_staff": True, "is_active": True}


class Tickets(fin.Conversations):
    """A ticket is a conversation; of its customer only the address is known (`fin.Visitors`)."""

    model, title, assignee = "helpdesk.Ticket", "title", "assigned_to"
    user, created_at, updated_at = fin.Email("submitter_email"), "created", "modified"
    status = fin.Choice("status", _STATUSES, write=_WRITTEN)
    # Merging moves the follow-ups without a signal, but saves these before and after.
    watch = {"helpdesk.Ticket": "merged_to", "helpdesk.TicketCC": "ticket"}

    def queue(self, context: fin.Context) -> Any:
        """Return the `Queue` for a conversation that Fin begins; override it for one of Fin's own.

        Raises `RefusedError` where django-helpdesk has no queue at all.
        """
        return services.public_queue()

    def new(self, context: fin.Context) -> Any:
        return self.model_class(queue=self.queue(context))

    def create(self, new: NewConversation, user: Any, context: fin.Context) -> Any:
        # As from the public form: all who want to know of new tickets are told.
        titled = replace(new, title=new.title or services.excerpt(new.message.body))
        ticket = super().create(titled, user, context)
        services.announce(ticket)
        return ticket

    def save(self, obj: Any, changed: set[str], context: fin.Context) -> bool:
        if obj._state.adding:
            return super().save(obj, changed, context)
        return services.change(obj, changed, context.agent)  # all changes in one follow-up

    def handover(self, obj: Any, context: fin.Context) -> bool:
        """Assign the ticket to its queue's default owner, or to nobody where that is Fin."""
        owner = obj.queue.default_owner
        is_person = self.desk.agents.has(owner) and owner != context.agent
        return self.put(obj, {"assignee": owner if is_person else None}, context)

    def reopen(self, obj: Any, context: fin.Context) -> bool:
        return super().reopen(obj, replace(context, agent=None))  # the customer does it, not Fin

    def visible_to(self, queryset: Any, agent: Any) -> Any:
        return queryset.filter(services.access_of(agent))


class Descriptions(fin.Opening):
    """A ticket's description opens it, unless a follow-up repeats it."""

    model, created_at = "helpdesk.Ticket", "created"
    body = fin.Markdown("description", raw_html=False)

    def is_shown(self, obj: Any) -> bool:
        return not authorship.openings(obj)  # a follow-up has the files as well


class FollowUps(fin.Messages):
    """Replies and notes; changes of status and owner are follow-ups without a text."""

    model, conversation, created_at = "helpdesk.FollowUp", "ticket", "date"
    body, visibility = fin.Markdown("comment", raw_html=False), fin.Flag("public", private=False)
    attachments = fin.Files(
        "followupattachment_set", file="file", name="filename", filetype="mime_type"
    )

    def queryset(self) -> Any:
        return super().queryset().select_related("user")

    def is_shown(self, obj: Any) -> bool:
        return not authorship.is_automatic(obj)

    def get_author(self, obj: Any) -> Any:
        """Return a user, or the ticket for its customer, who has no row of their own."""
        return authorship.author(obj, self.desk.agents)

    def set_author(self, obj: Any, person: Any, context: fin.Context) -> set[str]:
        obj.user = person if self.desk.agents.has(person) else None
        return {"user"}

    def save(self, obj: Any, changed: set[str], context: fin.Context) -> bool:
        return services.reply(obj)


helpdesk = fin.Helpdesk(fin.Visitors, Staff, Tickets, Descriptions, FollowUps)
