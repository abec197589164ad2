"""The agents' inbox: the tickets that it lists, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from helpdesk_demo.models import Label, Reply, Status, Ticket

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LISTED_AT_MOST = 100


@dataclass(frozen=True)
class Filter:
    """An entry of the inbox's menu."""

    slug: str
    name: str
    condition: Q
    count: int = 0


def filters(user: User) -> list[Filter]:
    """Return the menu, with the number of tickets behind each entry."""
    unfinished = Q(status__is_finished=False)
    menu = [
        Filter("mine", "Mine", unfinished & Q(assignee=user)),
        Filter("unassigned", "Unassigned", unfinished & Q(assignee=None)),
        Filter("all", "All", Q()),
        *(Filter(status.slug, status.name, Q(status=status)) for status in Status.objects.all()),
    ]
    counts = Ticket.objects.aggregate(
        **{entry.slug.replace("-", "_"): Count("pk", filter=entry.condition) for entry in menu}
    )
    return [
        Filter(entry.slug, entry.name, entry.condition, counts[entry.slug.replace("-", "_")])
        for entry in menu
    ]


def tickets(condition: Q, search: str) -> QuerySet[Ticket]:
    """Return the tickets that the inbox lists, the last that changed first."""
    newest = Reply.objects.filter(ticket=OuterRef("pk")).order_by("-created", "-pk")
    found = Ticket.objects.filter(condition)
    for word in search.split():
        found = found.filter(_mentions(word))
    return (
        found.select_related("customer", "status", "assignee__profile")
        .prefetch_related("labels")
        .annotate(
            newest_body=Coalesce(Subquery(newest.values("body")[:1]), F("description")),
            newest_staff=Subquery(newest.values("staff__first_name")[:1]),
            newest_internal=Subquery(newest.values("internal")[:1]),
            # A reply is no change of the ticket's row, yet it moves the ticket up.
            moved=Greatest(
                F("modified"), Coalesce(Subquery(newest.values("created")[:1]), F("modified"))
            ),
        )
        .order_by("-moved", "-pk")[:LISTED_AT_MOST]
    )


def _mentions(word: str) -> Q:
    return (
        Q(subject__icontains=word)
        | Q(description__icontains=word)
        | Q(customer__full_name__icontains=word)
        | Q(customer__company__icontains=word)
        | Q(pk__in=Label.objects.filter(name__iexact=word).values("tickets"))
        | Q(pk__in=Reply.objects.filter(body__icontains=word).values("ticket"))
    )
