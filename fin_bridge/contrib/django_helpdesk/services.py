"""Writing by django-helpdesk's own services, so that its mails, rules and records are kept."""

from __future__ import annotations

import re
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
from ...helpdesk.text.html import from_fin
from ...helpdesk.text.plain import to_text

_EVALUATED: Final = re.compile(r"\{+|%(?=\})|X(?=-HELPDESK-)")
"""Its service renders each comment as a template, after exchanging `{%` and `%}` by way of a word
of its own; so these are said to be just what they are."""


class _Customer(AnonymousUser):
    """As who uses the public page; by the address, they are not mailed what they have written."""

    def __init__(self, email: str | None) -> None:
        super().__init__()
        self.email = email


def reply(row: Any) -> bool:
    """Have a follow-up that is not saved yet written and mailed; whether it stands as written."""
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
    """Raises `RefusedError` for whom its service would take for the customer."""
    if not is_helpdesk_staff(user):
        raise RefusedError(f"{user} is not on the staff of django-helpdesk.")
    return user


def change(ticket: Any, changed: set[str], agent: Any) -> bool:
    """Have a ticket changed in one update, by the agent or the customer; whether it stands."""
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
    """Tell all of a new ticket who are told of one from the public form."""
    context = safe_template_context(ticket)
    context["comment"] = ticket.description or ""
    copies = ("newticket_cc", context)
    roles = {"new_ticket_cc": copies, "ticket_cc": copies}
    ticket.send({"submitter": ("newticket_submitter", context), **roles}, fail_silently=True)
    new_ticket_done.send(sender="fin_bridge", ticket=ticket)


def excerpt(markup: str | None) -> str:
    """What a conversation is called that Fin has given no title."""
    return Truncator(" ".join(to_text(from_fin(markup or "")).split())).chars(70) or "-"


def public_queue() -> Any:
    """The queue of the public form, else the first that is open to the public, else the first.

    Raises `RefusedError` where there is none at all.
    """
    slug = conf.raw("HELPDESK_PUBLIC_TICKET_QUEUE")
    named = Queue.objects.filter(slug=slug) if slug else Queue.objects.all()
    queue = named.order_by("-allow_public_submission", "pk").first()
    if queue is None:
        raise RefusedError("django-helpdesk has no queue for Fin's conversations.")
    return queue


def access_of(agent: Any) -> Q:
    """Which tickets an agent may open."""
    return HelpdeskUser(agent).accessible_tickets_q()  # type: ignore[no-any-return]
