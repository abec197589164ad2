"""The services by which agents change tickets; no other code of their pages writes any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.html import linebreaks, urlize

from helpdesk_demo.models import Label, Reply, ReplyFile, Status, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import UploadedFile


@transaction.atomic
def reply(
    ticket: Ticket,
    staff: User,
    text: str,
    *,
    internal: bool = False,
    files: Iterable[UploadedFile[Any]] = (),
    solve: bool = False,
) -> Reply:
    """Add a reply of `staff`; answering a customer takes over a ticket that nobody has."""
    written = Reply.objects.create(
        ticket=ticket, staff=staff, body=as_html(text), internal=internal
    )
    for file in files:
        ReplyFile.objects.create(
            reply=written,
            upload=file,
            filename=file.name or "file",
            content_type=file.content_type or "",
        )
    changes: dict[str, object] = {}
    if not internal and ticket.assignee is None:
        changes["assignee"] = staff
    if solve:
        changes["status"] = Status.objects.get(slug="solved")
    elif not internal and ticket.status.slug == "new":
        changes["status"] = Status.objects.get(slug="waiting")
    change(ticket, **changes)
    return written


def change(ticket: Ticket, **fields: object) -> None:
    """Set these fields of the ticket and no others: somebody else may be changing those."""
    if fields:
        for name, value in fields.items():
            setattr(ticket, name, value)
        ticket.save(update_fields=[*fields, "modified"])


@transaction.atomic
def label(ticket: Ticket, labels: Iterable[Label], new: str = "") -> None:
    """Give the ticket exactly these labels, and one that may not exist yet."""
    chosen = list(labels)
    if new:
        chosen.append(
            Label.objects.filter(name__iexact=new).first() or Label.objects.create(name=new)
        )
    ticket.labels.set(chosen)


def as_html(text: str) -> str:
    """Turn what was typed into the paragraphs that are stored."""
    return linebreaks(urlize(text.strip(), nofollow=True, autoescape=True)) if text.strip() else ""
