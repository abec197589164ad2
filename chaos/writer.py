"""A web process: random changes of the helpdesk, each noted in a journal after its commit.

Run as `python -m chaos.writer FOLDER SEED CHANGES_PER_SECOND`; killed and started anew at will.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.db import Error, close_old_connections, connection, transaction

from chaos.journal import Journal

CONVERSATIONS = 500
"""Those that are there from the start; their ids begin at 1."""

HOT = 10
"""So many of them get a fifth of all changes."""


def prepare() -> None:
    """Fill an empty helpdesk, without telling Fin."""
    from helpdesk_demo.models import Customer, Label, Status, Ticket
    from helpdesk_demo.seed import seed

    seed("demo")
    Ticket.objects.all().delete()
    customer, status = Customer.objects.first(), Status.objects.get(slug="waiting")
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE helpdesk_demo_ticket_id_seq RESTART")
        cursor.execute("TRUNCATE fin_bridge_event CASCADE")
    Ticket.objects.bulk_create(
        Ticket(subject="new", description="<p>Hi</p>", customer=customer, status=status)
        for _ in range(CONVERSATIONS)
    )
    Label.objects.get_or_create(name="chaos")


class RolledBackError(Exception):
    """What ends a transaction of ours without a commit."""


class Changes:
    """The kinds of change. Each returns the conversation that it has changed, or None."""

    def __init__(self, seed: int) -> None:
        from helpdesk_demo.models import Customer, Label, Status

        self.random = random.Random(seed)
        self.customer = Customer.objects.earliest("pk")
        self.label = Label.objects.get(name="chaos")
        self.statuses = list(Status.objects.all())
        self.committed_at = 0.0
        self.own: list[int] = []
        """The tickets made here, the only ones that are deleted."""
        self.never: list[int] = []
        """The tickets that were made and rolled back."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One whose commit's moment is noted before anything else that follows the commit."""
        with transaction.atomic():
            transaction.on_commit(self.note)
            yield

    def note(self) -> None:
        """The present change is committed: now, or at the latest."""
        self.committed_at = time.time()

    def pick(self) -> Callable[[], int | None]:
        """The next change."""
        kinds = list(_SHARES)
        [name] = self.random.choices(kinds, list(_SHARES.values()))
        change: Callable[[], int | None] = getattr(self, name)
        return change

    def ticket(self) -> int:
        """One of those that stay."""
        return self.random.randint(1, HOT if self.random.random() < 0.2 else CONVERSATIONS)

    def stamp(self) -> str:
        """A subject that no other change has."""
        return f"change {os.getpid()}-{self.random.getrandbits(40):x}"

    def reply(self) -> int:
        from helpdesk_demo.models import Reply

        pk = self.ticket()
        with self.transaction():
            Reply.objects.create(ticket_id=pk, body="<p>Hello</p>")
        return pk

    def reply_in_autocommit(self) -> int:
        from helpdesk_demo.models import Reply

        pk = self.ticket()
        self.note()
        Reply.objects.create(ticket_id=pk, body="<p>Hello</p>")
        return pk

    def edit(self) -> int:
        from helpdesk_demo.models import Ticket

        pk = self.ticket()
        with self.transaction():
            ticket = Ticket.objects.select_for_update().get(pk=pk)
            ticket.subject, ticket.status = self.stamp(), self.random.choice(self.statuses)
            ticket.save()
        return pk

    def tag(self) -> int:
        from helpdesk_demo.models import Ticket

        ticket = Ticket.objects.get(pk=self.ticket())
        with self.transaction():
            ticket.labels.remove(self.label)
            ticket.labels.add(self.label)
        return ticket.pk

    def unsay(self) -> int | None:
        from helpdesk_demo.models import Reply

        pk = self.ticket()
        with self.transaction():
            last = Reply.objects.filter(ticket_id=pk).order_by("-pk").first()
            if last is None or last.delete()[0] == 0:
                return None
        return pk

    def bulk(self) -> int:
        from fin_bridge import notify
        from helpdesk_demo.models import Reply

        pk = self.ticket()
        with self.transaction():
            Reply.objects.bulk_create(Reply(ticket_id=pk, body="x") for _ in range(5))
            notify(str(pk), "bulk")
        return pk

    def update(self) -> int:
        from fin_bridge import notify
        from helpdesk_demo.models import Ticket

        pk = self.ticket()
        with self.transaction():
            Ticket.objects.filter(pk=pk).update(subject=self.stamp())
            notify(str(pk), "update")
        return pk

    def make(self) -> int:
        from helpdesk_demo.models import Ticket

        with self.transaction():
            ticket = Ticket.objects.create(
                subject=self.stamp(),
                description="<p>Hi</p>",
                customer=self.customer,
                status=self.statuses[0],
            )
        self.own.append(ticket.pk)
        return ticket.pk

    def delete(self) -> int | None:
        from helpdesk_demo.models import Ticket

        if not self.own:
            return None
        pk = self.own.pop()
        with self.transaction():
            Ticket.objects.get(pk=pk).delete()
        return pk

    def roll_back(self) -> None:
        """A ticket that never was: a POST for it would be a phantom."""
        try:
            with self.transaction():
                self.make()
                raise RolledBackError
        except RolledBackError:
            self.never.append(self.own.pop())

    def roll_back_in_part(self) -> int:
        """The outer change stays, a ticket made in the savepoint never was."""
        from helpdesk_demo.models import Reply

        pk = self.ticket()
        with self.transaction():
            Reply.objects.create(ticket_id=pk, body="<p>stays</p>")
            self.roll_back()
        return pk


_SHARES = {
    "reply": 36,
    "reply_in_autocommit": 8,
    "edit": 22,
    "tag": 6,
    "unsay": 3,
    "bulk": 4,
    "update": 6,
    "make": 2,
    "delete": 1,
    "roll_back": 6,
    "roll_back_in_part": 6,
}


def write(journal: Journal, seed: int, rate: float, stop: threading.Event) -> None:
    """Change something so many times a second until it is told to stop."""
    changes = Changes(seed)
    due = time.monotonic()
    while not stop.wait(max(0.0, due - time.monotonic())):
        due = max(due + changes.random.expovariate(rate), time.monotonic() - 1)
        change = changes.pick()
        close_old_connections()  # as at the start of a request
        began = time.monotonic()
        try:
            conversation = change()
        except Error:
            connection.close()  # the database is away; whether that was committed, it knows
            continue
        while changes.never:
            journal.write(never=str(changes.never.pop()))
        if conversation is not None:
            took = time.monotonic() - began
            journal.write(
                at=changes.committed_at,
                conversation=str(conversation),
                kind=change.__name__,
                took=took,
            )


def main(arguments: list[str]) -> None:
    """Until SIGTERM."""
    folder, seed, rate = Path(arguments[0]), int(arguments[1]), float(arguments[2])
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    django.setup()
    write(Journal(folder / f"changes-{os.getpid()}.jsonl"), seed, rate, stop)


if __name__ == "__main__":
    main(sys.argv[1:])
