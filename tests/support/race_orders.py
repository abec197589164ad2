"""What the crash runner can be told to do step by step: it stops itself after each step.

A stopped one goes on with SIGCONT. Most have a transaction open at their stop, so that the order
in which they go on is the order of their commits.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any


def named(order: dict[str, Any]) -> None:
    """Have the database know whose the connection is."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET application_name = %s", [order["do"]])


def stop() -> None:
    """Until SIGCONT."""
    os.kill(os.getpid(), signal.SIGSTOP)


def people(order: dict[str, Any]) -> None:
    """Fin's account and Sarah's, beside the one ticket that `prepare` has made."""
    from django.contrib.auth.models import User

    from helpdesk_demo.models import Status

    User.objects.all().delete()
    Status.objects.create(slug="solved", name="Solved")
    User.objects.bulk_create(
        User(username=name, email=f"{name}@example.com", is_staff=True)
        for name in ("fin", "sarah")
    )


def person(order: dict[str, Any]) -> None:
    """Sarah takes the ticket and writes another subject."""
    from django.contrib.auth.models import User
    from django.db import transaction

    from helpdesk_demo.models import Ticket

    with transaction.atomic():
        ticket = Ticket.objects.get()
        ticket.subject, ticket.assignee = "By a person", User.objects.get(username="sarah")
        ticket.save(update_fields=["subject", "assignee"])
        stop()


def pull(order: dict[str, Any]) -> None:
    """Fin loads the conversation; what it was shown is noted after that."""
    from fin_bridge.api.operations import conversation_state, conversations

    noted = conversation_state.stamp_conversation

    def pulled(call: Any, record: Any) -> None:
        stop()
        noted(call, record)

    conversation_state.stamp_conversation = pulled
    call, conversation_id = _call()
    conversations.get_conversation(call, conversation_id)


def update(order: dict[str, Any]) -> None:
    """Fin ends a sync: another title, another status, and itself in charge."""
    from django.db import transaction

    from fin_bridge.api.operations.updates import update_conversation
    from fin_bridge.records import ConversationChanges

    call, conversation_id = _call()
    changes = ConversationChanges(title="By Fin", status="resolved", assignee_id=call.agent_id)
    with transaction.atomic():
        record = update_conversation(call, (conversation_id, changes))
        stop()
    assignee = "" if record.assignee is None else record.assignee.email
    Path(order["answer"]).write_text(json.dumps([record.title, assignee]))


def _call() -> tuple[Any, str]:
    """A call of Fin's, and the conversation that it is about."""
    from django.conf import settings
    from django.contrib.auth.models import User

    from fin_bridge.api.operations.call import Call
    from fin_bridge.conf import conf
    from fin_bridge.database import clock
    from helpdesk_demo.models import Ticket

    options = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    options["AGENT_ID"] = str(User.objects.get(username="fin").pk)
    call = Call(conf.integrations["default"], clock.now("default"))
    return call, str(Ticket.objects.get().pk)


ORDERS = {one.__name__: one for one in (people, person, pull, update)}
