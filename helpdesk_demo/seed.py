"""Fills an empty helpdesk, so that there is something to look at. Doing it again changes nothing.

Tickets and replies are written with `bulk_create` and `update`, which send no signals: Fin is told
of what happens from now on and is not flooded with the past.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from helpdesk_demo.models import (
    Customer,
    Label,
    Reply,
    ReplyFile,
    StaffProfile,
    Status,
    Ticket,
)
from helpdesk_demo.services import as_html

STORY = Path(__file__).with_name("seed.toml")

Entry = dict[str, Any]


@transaction.atomic
def seed(password: str) -> bool:
    """Make staff, statuses and labels that are missing; and tickets, if there are none.

    Staff who are there already keep their passwords. Returns whether tickets were made.
    """
    story = tomllib.loads(STORY.read_text())
    for order, status in enumerate(story["statuses"]):
        Status.objects.get_or_create(slug=status["slug"], defaults={**status, "order": order})
    for name in story["labels"]:
        Label.objects.get_or_create(name=name)
    for person in story["staff"]:
        _hire(password=password, **person)
    if Ticket.objects.exists():
        return False
    for customer in story["customers"]:
        _meet(**customer)
    for ticket in story["tickets"]:
        _tell(ticket)
    return True


def _hire(*, username: str, alias: str, password: str, **names: Any) -> None:
    """Make a member of staff; one without a last name is no person and cannot log in."""
    user, is_new = User.objects.get_or_create(
        username=username,
        defaults={**names, "email": f"{username}@brightwell.example", "is_staff": True},
    )
    if is_new:
        user.set_password(password if user.last_name else None)
        user.save()
        StaffProfile.objects.create(user=user, alias=alias)


def _meet(*, months_ago: int, **facts: str) -> None:
    customer = Customer.objects.create(**facts)
    Customer.objects.filter(pk=customer.pk).update(created=_ago(minutes=months_ago * 43_800))


def _tell(story: Entry) -> None:
    opening, *rest = story["lines"]
    [ticket] = Ticket.objects.bulk_create(
        [
            Ticket(
                subject=story["subject"],
                customer=Customer.objects.get(full_name=story["customer"]),
                description=as_html(opening["text"]),
                status=Status.objects.get(slug=story["status"]),
                assignee=_staff(story.get("assignee")),
            )
        ]
    )
    Ticket.objects.filter(pk=ticket.pk).update(
        created=_ago(opening["minutes_ago"]), modified=_ago(story["lines"][-1]["minutes_ago"])
    )
    through = Ticket.labels.through
    through.objects.bulk_create(
        through(ticket=ticket, label=label)
        for label in Label.objects.filter(name__in=story["labels"])
    )
    for line in rest:
        _say(ticket, line)


def _say(ticket: Ticket, line: Entry) -> None:
    [reply] = Reply.objects.bulk_create(
        [
            Reply(
                ticket=ticket,
                staff=_staff(line.get("by")),
                body=as_html(line["text"]),
                internal=line.get("note", False),
            )
        ]
    )
    Reply.objects.filter(pk=reply.pk).update(created=_ago(line["minutes_ago"]))
    if "file" in line:
        file = ReplyFile(reply=reply, filename=line["file"], content_type="text/csv")
        file.upload.save(line["file"], ContentFile(line["file_text"].encode()), save=False)
        ReplyFile.objects.bulk_create([file])


def _staff(username: str | None) -> User | None:
    return User.objects.get(username=username) if username else None


def _ago(minutes: int) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)
