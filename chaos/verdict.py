"""The verdict, from the tables and the journals alone; no log is read, and none of our code asked.

For every committed captured change there is a POST for its conversation that began after the
commit and was answered with success, or its event visibly waits, has failed or was cancelled.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from chaos.journal import Entry, entries

SETTLED_WITHIN: Final = 3.0
"""Seconds in which an answer is written down: a kill within them explains a second POST."""

MOST_DUPLICATES: Final = 0.01
ENOUGH: Final = 2000
"""Of fewer POSTs a share says nothing: a kill or two is more. Each must be explained."""

INTERRUPTIONS: Final = {
    "kill a worker",
    "kill a worker's child",
    "kill deliver_events",
    "freeze a worker",
    "restart PostgreSQL",
    "crash PostgreSQL",
    "freeze PostgreSQL",
}
SLEEPS: Final = {"freeze a worker", "freeze PostgreSQL"}
"""After one that outlasts a lease a POST is made again, and both are written down."""

CLOCKS: Final = 0.5
"""Seconds that the receiver's time of a POST and others' may be apart: it reads when it can."""


@dataclass
class Verdict:
    """What came of a run."""

    changes: int = 0
    conversations: int = 0
    events: Counter[str] = field(default_factory=Counter)
    posts: int = 0
    told: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    duplicates: int = 0
    unexplained: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    stuck: int = 0
    quiet_after: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, made up, or left behind."""
        few = self.told < ENOUGH or self.duplicates <= MOST_DUPLICATES * self.told
        bad = [*self.lost, *self.phantom, *self.stale, *self.unexplained]
        return self.changes > 0 and not bad and not self.stuck and few

    def rows(self) -> Iterator[tuple[str, str]]:
        """For the table."""
        yield "changes committed", f"{self.changes} in {self.conversations} conversations"
        states = ", ".join(f"{count} {state}" for state, count in sorted(self.events.items()))
        yield "events", f"{sum(self.events.values())} ({states})"
        yield "POSTs", f"{self.posts}, {self.told} of them answered with success"
        yield "faults of the world", ", ".join(f"{n} x {name}" for name, n in _most(self.faults))
        yield "lost", _count(self.lost)
        yield "phantom", _count(self.phantom)
        yield "Fin's last view is stale", _count(self.stale)
        share = self.duplicates / max(self.told, 1)
        unexplained = _count(self.unexplained)
        yield "duplicates", f"{self.duplicates} ({share:.2%}), unexplained: {unexplained}"
        yield "stuck", f"{self.stuck}; quiet {self.quiet_after:.0f} s after the last fault"
        yield "from commit to POST", _spread(self.delays)
        yield "a save with its commit", _spread(self.saves)


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return counts.most_common()


def _count(names: list[str]) -> str:
    shown = "; ".join(names[:5])
    return f"{len(names)}: {shown}" if names else "0"


def _unmatched(posts: list[Entry], noted: list[tuple[float, float]]) -> list[Entry]:
    """The POSTs that did not arrive while one of those that were noted was under way."""
    left = list(noted)
    unmatched = []
    for post in posts:
        of = (one for one in left if one[0] - CLOCKS <= post["at"] <= one[1] + CLOCKS)
        match = next(of, None)
        if match is None:
            unmatched.append(post)
        else:
            left.remove(match)
    return unmatched


def _spread(values: list[float]) -> str:
    if not values:
        return "-"
    ranked = sorted(values)
    part = {share: ranked[min(len(ranked) - 1, int(len(ranked) * share))] for share in (0.5, 0.99)}
    return f"median {part[0.5]:.3f} s, 99 % {part[0.99]:.3f} s, longest {ranked[-1]:.3f} s"


def judge(folder: Path, connection: psycopg.Connection) -> Verdict:
    """Of the run whose journals lie in that folder."""
    return _Judge(folder, connection).judge()


class _Judge:
    def __init__(self, folder: Path, connection: psycopg.Connection) -> None:
        written = list(entries(folder, "changes"))
        self.changes = [entry for entry in written if "conversation" in entry]
        self.never = {entry["never"] for entry in written if "never" in entry}
        self.faults = list(entries(folder, "faults"))
        fin = list(entries(folder, "fin"))
        self.posts = sorted((e for e in fin if "conversation" in e), key=lambda e: e["at"])
        self.pulls = sorted((e for e in fin if "pulled" in e), key=lambda e: e["at"])
        self.connection = connection
        self.successes: dict[str, list[Entry]] = defaultdict(list)
        for post in self.posts:
            if post["told"]:
                self.successes[post["conversation"]].append(post)
        self.told = {name: [post["at"] for post in told] for name, told in self.successes.items()}
        self.verdict = Verdict()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode()).fetchall()

    def judge(self) -> Verdict:
        verdict = self.verdict
        verdict.changes = len(self.changes)
        verdict.conversations = len({change["conversation"] for change in self.changes})
        verdict.saves = [change["took"] for change in self.changes]
        verdict.posts = len(self.posts)
        verdict.told = sum(map(len, self.told.values()))
        verdict.faults = Counter(entry["fault"] for entry in self.faults)
        verdict.faults.update(post["fault"] for post in self.posts if post["fault"])
        self._events()
        self._lost()
        self._phantoms()
        self._duplicates()
        self._stale()
        return verdict

    def _events(self) -> None:
        rows = self.rows("SELECT state, count(*) FROM fin_bridge_event GROUP BY state")
        self.verdict.events = Counter(dict(rows))

    def told_after(self, conversation: str, moment: float) -> float | None:
        told = self.told.get(conversation, [])
        position = bisect_right(told, moment)
        return told[position] if position < len(told) else None

    def _lost(self) -> None:
        visible = defaultdict(list)
        untold = "state NOT IN ('sent', 'merged') AND (detail <> '' OR state <> 'failed')"
        for conversation, created in self.rows(
            f"SELECT conversation_id, created_at FROM fin_bridge_event WHERE {untold}"
        ):
            visible[conversation].append(created / 1e6)
        for change in self.changes:
            conversation, at = change["conversation"], change["at"]
            moment = self.told_after(conversation, at)
            if moment is not None:
                self.verdict.delays.append(moment - at)
            elif not any(at - change["took"] - 1 <= seen <= at for seen in visible[conversation]):
                self.verdict.lost.append(f"{change['kind']} of {conversation} at {at:.3f}")
        # The writers that were killed after a commit and before their journal: the rows know.
        for pk, conversation, created in self.rows(
            "SELECT id, conversation_id, created_at FROM fin_bridge_event"
            " WHERE state IN ('sent', 'merged')"
        ):
            if self.told_after(conversation, created / 1e6) is None:
                self.verdict.lost.append(f"event {pk} of {conversation}")

    def _phantoms(self) -> None:
        """POSTs for a ticket that was rolled back, or before any event of its conversation."""
        first = dict(
            self.rows(
                "SELECT conversation_id, min(created_at) FROM fin_bridge_event"
                " GROUP BY conversation_id"
            )
        )
        # After a crash PostgreSQL may give out again the id of a ticket that was rolled back.
        real = {str(pk) for (pk,) in self.rows("SELECT id FROM helpdesk_demo_ticket")}
        never = self.never - real - {change["conversation"] for change in self.changes}
        for post in self.posts:
            name = post["conversation"]
            if name in never or first.get(name, float("inf")) / 1e6 > post["at"]:
                self.verdict.phantom.append(f"{name} at {post['at']:.3f}")

    def _duplicates(self) -> None:
        """More successes in the journal than in the tables; each one has to be explained."""
        query = (
            "SELECT conversation_id, count(DISTINCT claim) FROM fin_bridge_event"
            " WHERE state IN ('sent', 'merged') GROUP BY conversation_id"
        )
        settled = dict(self.rows(query))
        noted = self._noted()
        for conversation, posts in self.successes.items():
            extra = len(posts) - settled.get(conversation, 0)
            self.verdict.duplicates += max(0, extra)
            if extra < 0:
                self.verdict.lost.append(f"{conversation} is said to have been sent, and was not")
            elif extra:
                self._explain(posts, noted[conversation], extra)

    def _noted(self) -> dict[str, list[tuple[float, float]]]:
        """By conversation, from when to when each POST took whose success was written down."""
        noted = defaultdict(list)
        for conversation, started, took in self.rows(
            "SELECT conversation_id, started_at, duration FROM fin_bridge_attempt"
            " WHERE outcome = 'sent' ORDER BY started_at"
        ):
            noted[conversation].append((started / 1e6, started / 1e6 + took / 1e3))
        return noted

    def _explain(self, posts: list[Entry], noted: list[tuple[float, float]], extra: int) -> None:
        """A success that nobody wrote down, or one by a process that was asleep meanwhile."""
        unread = _unmatched(posts, noted)
        for post in unread:
            if not self._interrupted(post, INTERRUPTIONS):
                self._accuse(post, "whose answer nobody wrote down")
        asleep = [post for post in posts if self._interrupted(post, SLEEPS)]
        if extra > len(unread) + len(asleep):
            self._accuse(posts[-1], f"one of {extra - len(unread)} that were sent twice")

    def _accuse(self, post: Entry, reason: str) -> None:
        self.verdict.unexplained.append(f"{post['conversation']} at {post['at']:.3f}, {reason}")

    def _interrupted(self, post: Entry, faults: Collection[str]) -> bool:
        """Whether its answer may not have been read, or not have been written down."""
        return bool(post["fault"]) or any(
            fault["began"] - SETTLED_WITHIN <= post["at"] <= fault["at"] + CLOCKS
            for fault in self.faults
            if fault["fault"] in faults
        )

    def _stale(self) -> None:
        """What Fin saw at its last pull is how the helpdesk stands."""
        seen = {pull["pulled"]: (pull["title"], pull["messages"]) for pull in self.pulls}
        truth = {
            str(pk): (subject, replies + 1)
            for pk, subject, replies in self.rows(
                "SELECT t.id, t.subject, (SELECT count(*) FROM helpdesk_demo_reply r"
                " WHERE r.ticket_id = t.id) FROM helpdesk_demo_ticket t"
            )
        }
        for conversation, view in seen.items():
            if view != truth.get(conversation, (None, None)):
                self.verdict.stale.append(f"{conversation}: {view}, not {truth.get(conversation)}")
