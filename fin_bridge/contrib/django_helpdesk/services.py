"""Writes by django-helpdesk's own services, so that its mails, rules and records are kept."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.text import Truncator
from helpdesk.decorators import is_helpdesk_staff
from helpdesk.lib import safe_template_context
from helpdesk.models import Queue
from helpdesk.signals import new_ticket_done
from helpdesk.update_ticket import update_ticket
from helpdesk.user import HelpdeskUser

from ... import helpdesk as fin
from ...conf import conf
from ...exceptions import RefusedError
from ...helpdesk.text.plain import to_text
from ...records import NewConversation
from . import authorship

_EVALUATED: Final = re.compile(r"\{+|%(?=\})|X(?=-HELPDESK-)")
"""django-helpdesk renders each comment as a template; these marks are escaped, to stay text."""


class Tickets(fin.Conversations):
    """Opens and changes tickets as django-helpdesk's own pages do."""

    def queue(self, context: fin.Context) -> Any:
        """Return the `Queue` for a conversation that Fin begins; override it for one of Fin's own.

        Raises `RefusedError` where django-helpdesk has no queue at all.
        """
        return public_queue()

    def new(self, context: fin.Context) -> Any:
        return self.model_class(queue=self.queue(context))

    def create(self, new: NewConversation, user: Any, context: fin.Context) -> Any:
        # As from the public form: all who want to know of new tickets are told.
        titled = replace(new, title=new.title or excerpt(new.message.body))
        ticket = super().create(titled, user, context)
        announce(ticket)
        return ticket

    def save(self, obj: Any, changed: set[str], context: fin.Context) -> bool:
        if obj._state.adding:
            return super().save(obj, changed, context)
        return change(obj, changed, context.agent)  # all changes in one follow-up

    def handover(self, obj: Any, context: fin.Context) -> bool:
        """Assign the ticket to its queue's default owner, or to nobody where that is Fin."""
        owner = obj.queue.default_owner
        is_person = self.desk.agents.has(owner) and owner != context.agent
        return self.put(obj, {"assignee": owner if is_person else None}, context)

    def reopen(self, obj: Any, context: fin.Context) -> bool:
        return super().reopen(obj, replace(context, agent=None))  # the customer does it, not Fin

    def merged_into(self, local_id: str, obj: Any | None) -> Any | None:
        return obj and obj.merged_to

    def visible_to(self, queryset: Any, agent: Any) -> Any:
        return queryset.filter(access_of(agent))


class FollowUps(fin.Messages):
    """Answers in tickets as django-helpdesk's own pages do."""

    def queryset(self) -> Any:
        return super().queryset().select_related("user")

    def is_answer(self, obj: Any) -> bool:
        return authorship.is_mail_of(obj, self.desk.agents)

    def set_author(self, obj: Any, person: Any, context: fin.Context) -> set[str]:
        obj.user = person if self.desk.agents.has(person) else None
        return {"user"}

    def save(self, obj: Any, changed: set[str], context: fin.Context) -> bool:
        return reply(obj)


class _Customer(AnonymousUser):
    """A user of the public page; by the address, customers get no mail about their own words."""

    def __init__(self, email: str | None) -> None:
        super().__init__()
        self.email = email


def reply(row: Any) -> bool:
    """Have a new follow-up written and mailed; return whether it stands as it was meant."""
    ticket, intended = row.ticket, (row.comment, row.public, row.user_id)
    actor = _Customer(ticket.submitter_email) if row.user is None else _staff(row.user)
    with fin.service() as wrote:
        comment = _EVALUATED.sub(r'{{ "\g<0>" }}', row.comment)
        written = update_ticket(actor, ticket, comment=comment, public=row.public)
        wrote(written, ticket)
    row.pk, row._state.adding = written.pk, False
    row.refresh_from_db(using=row._state.db)
    return (row.comment, row.public, row.user_id) == intended


def _staff(user: Any) -> Any:
    """Return the user; raise `RefusedError` where the service would take them for the customer."""
    if not is_helpdesk_staff(user):
        raise RefusedError(f"{user} is not on the staff of django-helpdesk.")
    return user


def change(ticket: Any, changed: set[str], agent: Any) -> bool:
    """Have the agent, or the customer, change a ticket in one update; return whether it stands."""
    intended = {name: getattr(ticket, ticket._meta.get_field(name).attname) for name in changed}
    stored = type(ticket)._base_manager.using(ticket._state.db).get(pk=ticket.pk)
    for name in changed - {"title", "status", "assigned_to"}:
        setattr(stored, name, getattr(ticket, name))
    with fin.service() as wrote:
        written = update_ticket(
            _Customer(ticket.submitter_email) if agent is None else _staff(agent),
            stored,
            title=ticket.title,
            owner=ticket.assigned_to_id or 0,
            new_status=ticket.status,
            public="status" in changed,
        )
        wrote(written, stored)
    ticket.refresh_from_db(using=ticket._state.db)
    return all(
        getattr(ticket, ticket._meta.get_field(name).attname) == value
        for name, value in intended.items()
    )


def announce(ticket: Any) -> None:
    """Notify everybody of a new ticket who is notified of one from the public form."""
    context = safe_template_context(ticket)
    context["comment"] = ticket.description or ""
    copies = ("newticket_cc", context)
    roles = {"new_ticket_cc": copies, "ticket_cc": copies}
    ticket.send({"submitter": ("newticket_submitter", context), **roles}, fail_silently=True)
    new_ticket_done.send(sender="fin_bridge", ticket=ticket)


def excerpt(markup: str | None) -> str:
    """Make a title from the text of a conversation that Fin has given none."""
    return Truncator(" ".join(to_text(markup or "").split())).chars(70) or "-"


def public_queue() -> Any:
    """Return the queue of the public form, else the first public one, else the first.

    Raises `RefusedError` where there is none at all.
    """
    slug = conf.raw("HELPDESK_PUBLIC_TICKET_QUEUE")
    named = Queue.objects.filter(slug=slug) if slug else Queue.objects.all()
    queue = named.order_by("-allow_public_submission", "pk").first()
    if queue is None:
        raise RefusedError("django-helpdesk has no queue for Fin's conversations.")
    return queue


def access_of(agent: Any) -> Q:
    """Return the condition of the tickets that an agent may open."""
    return HelpdeskUser(agent).accessible_tickets_q()  # type: ignore[no-any-return]
