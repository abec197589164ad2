"""What is added to a save of the helpdesk's: a reply, in a transaction of its own.

The bare save is measured in turn with the others and taken off. The floor is a raw INSERT of an
outbox row, and one through the ORM, in the same transaction; *straightforward* is a `post_save`
receiver with `transaction.on_commit(task.delay)`. Ours hints at most four times a second, as in
production; *ours a hint each* is what a single save costs after a while without any.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from benchmarks import peers, world
from benchmarks.compare import Figure, Goal, Ring, in_turn
from benchmarks.contender import Contender
from benchmarks.servers import migrate, serving

TITLE = "Added to a save"
NOTES = """
What ours adds to the raw INSERT is, on PostgreSQL, some 25 us for looking at the database's clock
twice within it, which the floors do not do, and 40 us of Python: whose conversation it is, two
settings, a transaction that fails with it, a hint after the commit. It is SQL of our own: the ORM
makes an instance, sends four signals, compiles, and asks for the key, which takes Python longer
than PostgreSQL needs to write the row. Now and then there is a hint. It costs as much as anybody's
`task.delay`, but one in a quarter of a second serves all saves of a process: a save after a pause
pays for it, those that follow do not. django-webhook publishes within the transaction, so that a
rollback leaves its task behind.
"""

Do = Callable[[str], None]
Round = Callable[[int, bool], float]


def _saving(also: Do | None = None) -> Round:
    """Microseconds for each of some replies, every one in a transaction, or all in one."""
    from django.db import transaction

    from helpdesk_demo.models import Reply

    [ticket] = world.tickets(1)
    conversation_id = str(ticket.pk)

    def save() -> None:
        Reply(ticket_id=ticket.pk, body="<p>It burns.</p>").save()
        if also is not None:
            also(conversation_id)

    def save_some(saves: int, together: bool) -> float:
        started = time.perf_counter()
        if together:
            with transaction.atomic():
                for _ in range(saves):
                    save()
        else:
            for _ in range(saves):
                with transaction.atomic():
                    save()
        return (time.perf_counter() - started) / saves * 1_000_000

    return save_some


def bare() -> Round:
    """The helpdesk by itself."""
    return _saving()


def raw() -> Round:
    """With an INSERT of SQL beside it."""
    from django.db import connection

    def insert(conversation_id: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO fin_bridge_event (integration, conversation_id, kind, state, cause,"
                " reaction, created_at, due_at, attempts, detail) "
                "VALUES ('default', %s, 'sync', 'waiting', 'a reply', %s, 0, 0, 0, '')",
                [conversation_id, False],
            )

    return _saving(insert)


def orm() -> Round:
    """With an INSERT of Django's beside it, and no receiver of ours."""
    from django.db.models.signals import post_save

    from fin_bridge.models import Event

    post_save.receivers.clear()
    post_save.sender_receivers_cache.clear()

    def insert(conversation_id: str) -> None:
        Event(
            integration="default",
            conversation_id=conversation_id,
            cause="a reply",
            created_at=0,
            due_at=0,
        ).save(force_insert=True)

    return _saving(insert)


def straightforward() -> Round:
    """A receiver and a task."""
    from benchmarks import tasks

    tasks.connect()
    return _saving()


def peer() -> Round:
    """django-webhook, told to post each reply to one address."""
    from benchmarks import webhook

    webhook.subscribe()
    return _saving()


def ours() -> Round:
    """fin_bridge."""
    return _saving()


def figures(quick: bool) -> Iterator[Figure]:
    """Each database and broker."""
    against_peer = {
        ("PostgreSQL", "Redis"): 0.65,
        ("PostgreSQL", "RabbitMQ"): 0.75,
        ("SQLite", "Redis"): 0.35,
    }
    for (database, broker), limit in against_peer.items():
        with serving(database, broker) as environment:
            where = f"{database}, {broker}"
            yield from _figures(where, environment, limit, quick)


def contenders(environment: dict[str, str]) -> Ring:
    """All ways to save, on one database."""
    migrate(environment)
    plain = {**environment, "BENCH_WITH": "plain"}
    webhook = {**environment, "BENCH_WITH": "webhook"}
    interpreter = peers.python()
    migrate(webhook, interpreter)
    at_once = {**environment, "BENCH_SETTINGS": '{"FIN_BRIDGE_SETTLE": 0}'}
    return Ring(
        bare=Contender("benchmarks.saves:bare", plain),
        raw_INSERT=Contender("benchmarks.saves:raw", plain),
        ORM_INSERT=Contender("benchmarks.saves:orm", environment),
        straightforward=Contender("benchmarks.saves:straightforward", plain),
        django_webhook=Contender("benchmarks.saves:peer", webhook, interpreter),
        ours=Contender("benchmarks.saves:ours", environment),
        ours_a_hint_each=Contender("benchmarks.saves:ours", at_once),
    )


def _figures(
    where: str, environment: dict[str, str], limit: float, quick: bool
) -> Iterator[Figure]:
    with contenders(environment) as rounds:
        samples = in_turn(rounds, 3 if quick else 9, saves=100 if quick else 300, together=False)
        goals = [Goal("ours", "django webhook", at_most=limit)]
        if where == "PostgreSQL, Redis":
            goals.append(Goal("ours", "ORM INSERT", at_most=1.25))
        yield Figure("added to a save", "us", _added(samples), tuple(goals), where)
        samples = in_turn(rounds, 3 if quick else 9, saves=100, together=True)
        yield Figure(
            "100 saves of one conversation in one transaction, added to each",
            "us",
            _added(samples),
            (Goal("ours", "django webhook", at_most=0.45),),
            where,
        )


def _added(samples: dict[str, list[float]]) -> dict[str, list[float]]:
    """What is more than the bare save of the same round."""
    bare = samples.pop("bare")
    return {
        name: [each - floor for each, floor in zip(values, bare, strict=True)]
        for name, values in samples.items()
    }
