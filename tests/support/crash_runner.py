"""A process of the helpdesk that kills itself at a named point, as `kill -9` would.

`python -m tests.support.crash_runner` reads orders, a line of JSON each, and does every one in a
fork of its own, on the database of FIN_BRIDGE_TEST_DATABASE_URL; the answer is the fork's id, and
to an order to wait for it, its exit status. The points are put around the app's own functions
here: the app knows nothing of them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any, Final, NoReturn

import django

from tests.support import race_orders

BEFORE, AFTER = "before", "after"

POINTS: Final = {
    # name: the module in which a function is looked up, the function, and which side of it
    # --- a worker
    "before_claim": ("drain", "claim", BEFORE),
    "in_claim": ("claims", "_take", AFTER),
    "after_claim": ("drain", "claim", AFTER),
    "before_post": ("client", "post", BEFORE),
    "after_response": ("client", "post", AFTER),
    "before_settle": ("drain", "settle", BEFORE),
    "in_settle": ("settling", "_sent", AFTER),
    "after_settle": ("drain", "settle", AFTER),
    "in_failure": ("settling", "_not_sent", AFTER),
    "after_failure": ("drain", "settle", AFTER),
    "in_take_over": ("sweep", "_lost", AFTER),
    "after_take_over": ("sweep", "take_over", AFTER),
    # --- a web process
    "before_event": ("outbox", "_insert", BEFORE),
    "in_transaction": ("outbox", "_insert", AFTER),
    "in_on_commit": ("hints", "after_commit", BEFORE),
    "after_on_commit": ("hints", "after_commit", AFTER),
}


def crash_at(point: str) -> None:
    """From now on this process does not survive that point."""
    name, attribute, side = POINTS[point]
    module = import_module(f"fin_bridge.events.{name}")
    original: Callable[..., Any] = getattr(module, attribute)

    def fatal(*args: Any, **kwargs: Any) -> None:
        if side == AFTER:
            original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, attribute, fatal)


def obey(order: dict[str, Any]) -> None:
    """`do` something against the Fin at `url`, some seconds `ahead` of the clock."""
    from django.conf import settings

    from fin_bridge.database import clock
    from fin_bridge.events import hints
    from fin_bridge.models import database

    settings.FIN_BRIDGE_INTEGRATIONS["default"]["EVENTS_URL"] = order["url"]
    hints.waker = hints.Waker(lambda seconds: None)
    if ahead := order.get("ahead"):
        clock.frozen = clock.now(database()) + timedelta(seconds=ahead)
    if point := order.get("point"):
        crash_at(point)
    if step_by_step := race_orders.ORDERS.get(order["do"]):
        race_orders.named(order)
        step_by_step(order)
    else:
        ORDERS[order["do"]]()


def change() -> None:
    """One that is committed as a whole."""
    from django.db import transaction

    with transaction.atomic():
        _ticket().save()


def change_in_autocommit() -> None:
    """One whose event is committed after it."""
    _ticket().save()


def _ticket() -> Any:
    from helpdesk_demo.models import Ticket

    ticket = Ticket.objects.get()
    ticket.subject = f"{ticket.subject}!"
    return ticket


def drain() -> None:
    """As a worker does."""
    from fin_bridge.events import drain

    drain.drain()


def sweep() -> None:
    """As beat has a worker do."""
    from fin_bridge.events import sweep

    sweep.sweep()


def prepare() -> None:
    """The tables, and the one ticket, of which Fin was shown the present state."""
    from django.core.management import call_command
    from django.utils import timezone

    from fin_bridge.helpdesk import current
    from fin_bridge.helpdesk.reading.snapshot import extent, snapshot
    from fin_bridge.models import ConversationState, Event, IntegrationState
    from helpdesk_demo.models import Customer, Status, Ticket

    call_command("migrate", verbosity=0)
    for model in (Ticket, Event, ConversationState, IntegrationState, Customer, Status):
        model.objects.all().delete()
    Event.objects.all().delete()
    customer = Customer.objects.create(full_name="Ada")
    status = Status.objects.create(slug="new", name="New")
    [ticket] = Ticket.objects.bulk_create([Ticket(customer=customer, status=status)])
    desk, now = current(), timezone.now()
    ConversationState.objects.create(
        integration="default",
        conversation_id=str(ticket.pk),
        known_at=now,
        pulled_at=now,
        shown=snapshot(desk.conversations.record(ticket)),
        extent=extent(desk, ticket),
    )


ORDERS: Final = {
    one.__name__: one for one in (prepare, change, change_in_autocommit, drain, sweep)
}


def in_a_fork(order: dict[str, Any]) -> NoReturn:
    """Without what the parent would do at its exit."""
    status = 1
    try:
        obey(order)
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


def main() -> None:
    """Until there are no more orders."""
    django.setup()
    import_module("fin_bridge.events.sweep")  # once, and not in each fork
    for line in sys.stdin:
        order = json.loads(line)
        if pid := order.get("wait"):
            answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        else:
            answer = os.fork() or in_a_fork(order)
        print(answer, flush=True)  # noqa: T201  # it is the answer


if __name__ == "__main__":
    main()
