"""The operation that ends each sync of Fin's; it undoes nothing that people did since it began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from ...helpdesk.reading.snapshot import snapshot
from ...helpdesk.writing.saving import refusals
from ...models import ConversationState, database
from ...records import UNCHANGED, Conversation, ConversationChanges
from ...signals import announce, handover_requested
from . import conversation_state, customers
from .call import Call, writing
from .merge import decide

Holder = ConversationState.Holder


def update_conversation(call: Call, request: tuple[str, ConversationChanges]) -> Conversation:
    """Write what no person has changed since Fin last looked; return the record that results."""
    conversation_id, changes = request
    conversations = call.desk.conversations
    with writing():
        obj = call.conversation(conversation_id, lock=True)
        state = conversation_state.locked(call, conversation_id)
        with refusals():
            news = list(_Update(call, obj, state, changes).run())
        record = conversations.record(conversations.get(conversation_id))
        state.shown = snapshot(record)
        state.save(
            update_fields=[
                *("known_at", "shown", "holder", "customer_read_at"),
                *("handed_over_at", "handover", "answered_at"),
            ]
        )
        if news:
            call.tell("; ".join(news))
    return record


@dataclass
class _Update:
    """The update of one conversation, which is locked until it has been compared and written."""

    call: Call
    obj: Any
    state: ConversationState
    changes: ConversationChanges

    def run(self) -> Iterator[str]:
        """Write, and yield a sentence on each way in which the helpdesk differs from Fin now."""
        record = self.call.desk.conversations.record(self.obj)
        self.now, self.shown = snapshot(record), self.state.shown or None
        conversation_state.note_holder(self.call, self.state, record)
        withheld = [*self._values(), *self._assignee(), *self._user(record)]
        read_at = self.changes.last_user_read_at
        if read_at is not UNCHANGED and read_at is not None:
            self.state.customer_read_at = max(self.state.customer_read_at or read_at, read_at)
        if withheld:
            yield f"a person's change was kept: {', '.join(withheld)}"
        if not self.stands:
            yield "the helpdesk changed what Fin wrote"

    def _values(self) -> Iterator[str]:
        """Write title, tags, status, attributes; yield the names of those that people changed."""
        given = {word: getattr(self.changes, word) for word in ("title", "tags", "status")}
        words = decide(_named(given), self.now, self.shown)
        named = self.changes.attributes
        attributes = decide(
            {} if named is UNCHANGED else named,
            self.now["attributes"],
            self.shown and self.shown.get("attributes", {}),
        )
        values = dict(words.write)
        if attributes.write:
            values["attributes"] = attributes.write
        conversations = self.call.desk.conversations
        self.stands = conversations.put(self.obj, values, self.call.context)
        yield from words.withheld
        yield from (f"attribute {key}" for key in attributes.withheld)

    def _assignee(self) -> Iterator[str]:
        """Hand over for null, if Fin holds it; assign an agent only where no person is."""
        wanted = self.changes.assignee_id
        if wanted is None:
            if self.state.holder == Holder.FIN:
                self._hand_over()
        elif wanted is not UNCHANGED and wanted != self.now["assignee_id"]:
            agent = self.call.desk.agents.get(wanted)
            current = self.now["assignee_id"]
            changed = self.shown is not None and current != self.shown.get("assignee_id")
            if changed or current not in (None, self.call.agent_id):
                yield "assignee"
            else:
                self._assign(agent, wanted)

    def _assign(self, agent: Any, agent_id: str) -> None:
        conversations = self.call.desk.conversations
        self.stands &= conversations.put(self.obj, {"assignee": agent}, self.call.context)
        if self.call.agent_id:
            self.state.holder = Holder.FIN if agent_id == self.call.agent_id else Holder.PEOPLE

    def _hand_over(self) -> None:
        conversations = self.call.desk.conversations
        self.stands &= conversations.handover(self.obj, self.call.context) is not False
        self.state.holder = Holder.PEOPLE
        self.state.handed_over_at, self.state.answered_at = self.call.began, None
        self.state.handover = ConversationState.Handover.WAITING
        requested = partial(
            announce,
            handover_requested,
            conversations.model_class,
            conversation=self.obj,
            conversation_id=self.state.conversation_id,
            integration=self.state.integration,
        )
        transaction.on_commit(requested, using=database(), robust=True)

    def _user(self, record: Conversation) -> Iterator[str]:
        """Merge what Fin says of the conversation's own end user, and of no other."""
        given = self.changes.user
        if given is not UNCHANGED and customers.is_same(self.call, given.id, record.user.id):
            shown = self.shown and self.shown.get("user", {})
            now = self.now["user"]
            withheld = customers.merge_user(self.call, record.user, given, now, shown)
            yield from (f"the end user's {name}" for name in withheld)


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        word: list(value) if word == "tags" else value
        for word, value in values.items()
        if value is not UNCHANGED
    }
