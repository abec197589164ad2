"""The helpdesk that is measured: filled in bulk, without an event."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpdesk_demo.models import Ticket

TOKEN = "a-token-of-fins"


def tickets(count: int) -> list[Ticket]:
    """So many open tickets of one customer, assigned to the one member of staff."""
    from django.contrib.auth.models import User

    from helpdesk_demo.models import Customer, StaffProfile, Status, Ticket

    status, _ = Status.objects.get_or_create(slug="waiting", defaults={"name": "Waiting"})
    words = {"full_name": "Chris Customer", "email": "chris@example.com"}
    # Contenders begin together, and nothing keeps two of them from making him twice.
    customer = Customer.objects.filter(**words).first() or Customer.objects.create(
        **words, plan="gold", company="Example"
    )
    staff, is_new = User.objects.get_or_create(
        username="sarah",
        defaults={
            "first_name": "Sarah",
            "last_name": "Stone",
            "email": "sarah@example.com",
            "is_staff": True,
        },
    )
    if is_new:
        portrait = "https://helpdesk.example.com/sarah.png"
        StaffProfile.objects.create(user=staff, alias="Sarah", portrait_url=portrait)
    return Ticket.objects.bulk_create(
        [
            Ticket(
                subject=f"Printer {number} burns",
                description="<p>It burns.</p>",
                customer=customer,
                status=status,
                assignee=staff,
            )
            for number in range(count)
        ],
        batch_size=5000,
    )


def replies(ticket: Ticket, count: int) -> None:
    """So many, of the last days, in turn by staff and customer, each with a file."""
    from django.utils import timezone

    from helpdesk_demo.models import Reply, ReplyFile, Ticket

    now = timezone.now()
    opened = now - timedelta(minutes=count + 11)  # before all that was said of it
    Ticket.objects.filter(pk=ticket.pk).update(created=opened)
    Reply._meta.get_field("created").auto_now_add = False  # they are older than this process
    made = Reply.objects.bulk_create(
        [
            Reply(
                ticket=ticket,
                staff=ticket.assignee if number % 2 else None,
                body=f"<p>Message <b>{number}</b>: have you turned it off, and on again?</p>",
                created=now - timedelta(minutes=count + 10 - number),
            )
            for number in range(count)
        ],
        batch_size=5000,
    )
    Reply._meta.get_field("created").auto_now_add = True
    ReplyFile.objects.bulk_create(
        [
            ReplyFile(
                reply=reply,
                upload=f"replies/printer-{reply.pk}.png",
                filename=f"printer-{reply.pk}.png",
                content_type="image/png",
            )
            for reply in made
        ],
        batch_size=5000,
    )


def let_fin_in() -> None:
    """The token of Fin's OAuth client."""
    from django.contrib.auth.models import User
    from django.utils import timezone
    from oauth2_provider.models import AccessToken, Application

    if AccessToken.objects.exists():
        return
    application = Application.objects.create(
        client_id="fin-client",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        user=User.objects.first(),
    )
    AccessToken.objects.create(
        token=TOKEN,
        application=application,
        user=User.objects.first(),
        scope="fin",
        expires=timezone.now() + timedelta(days=1),
    )
