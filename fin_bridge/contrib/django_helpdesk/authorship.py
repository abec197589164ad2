"""Finds out what django-helpdesk does not note of a follow-up: its author, if it has one."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext, override

from ...conf import conf
from ...helpdesk.owner import Owner

_AT_ONCE: Final = timedelta(seconds=5)


def openings(ticket: Any) -> frozenset[int]:
    """Return the keys of the follow-ups that repeat the ticket's description, read once a ticket.

    Forms and mails of django-helpdesk add such a follow-up; it is the better first message, since
    it has the files.
    """
    if "_fin_openings" not in ticket.__dict__:
        is_reply = Q(title=ticket.title)  # somebody repeats the text
        by_form = Q(comment=ticket.description, date__lt=ticket.created + _AT_ONCE) & ~is_reply
        by_mail = Q(message_id__isnull=False, date__lte=ticket.created)
        found = ticket.followup_set.filter(by_form | by_mail).values_list("pk", flat=True)
        ticket._fin_openings = frozenset(found)
    return ticket._fin_openings  # type: ignore[no-any-return]


def author(row: Any, agents: Owner) -> Any:
    """Return a user, or the ticket for its customer; None where nothing tells who wrote.

    Customers have no login, so how the page or the mail was noted is all that tells of them.
    """
    ticket, user = row.ticket, row.user
    if user is None:
        return ticket if row.public and not _is_moved(row) and _is_customers(row) else None
    if agents.has(user):
        return user
    address = (ticket.submitter_email or "").lower()
    own = row.pk in openings(ticket) or (address and address == (user.email or "").lower())
    return ticket if own else user


def _is_customers(row: Any) -> bool:
    """Tell whether the customer's mail or public page led to it; others may send mails too."""
    ticket = row.ticket
    if row.pk in openings(ticket):
        return True
    if row.message_id:
        return (ticket.submitter_email or "-").lower() in (row.title or "").lower().split()
    return row.email_recipients is not None or (row.title or "").startswith(ticket.title)


def is_mail_of(row: Any, agents: Owner) -> bool:
    """Tell whether a mail names the address of one of the agents, which proves no author."""
    words = (row.title or "").lower().split()
    addresses = [word.strip("<>,;()") for word in words if "@" in word]
    staff = Q(*(("email__iexact", address) for address in addresses), _connector=Q.OR)
    return bool(row.message_id and addresses and agents.queryset().filter(staff).exists())


def _is_moved(row: Any) -> bool:
    """Tell by the title whether it came from another customer's ticket that was merged."""
    ticket = row.ticket
    if "_fin_moved" not in ticket.__dict__:
        others = ticket.merged_tickets.exclude(
            submitter_email__iexact=ticket.submitter_email or ""
        )
        ticket._fin_moved = [f"#{pk}]" for pk in others.values_list("pk", flat=True)]
    return any(mark in (row.title or "") for mark in ticket._fin_moved)


def is_automatic(row: Any) -> bool:
    """Tell whether it is a note of the command `escalate_tickets`, which it makes in public."""
    return row.user_id is None and row.title in _escalated()


@cache
def _escalated() -> frozenset[str]:
    """Return the command's titles, spelled in the language of the settings as well."""
    with override(conf.raw("LANGUAGE_CODE")):
        return frozenset({"Ticket Escalated", gettext("Ticket Escalated")})
