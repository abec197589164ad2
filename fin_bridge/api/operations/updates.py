"""The operation that ends each sync of Fin's; it undoes nothing that people did since it began."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction

from ...exceptions import RefusedError
from ...helpdesk.reading import end_users
from ...helpdesk.reading.snapshot import snapshot
from ...helpdesk.writing.saving import refusals, savepoint
from ...models import ConversationState, database
from ...records import UNCHANGED, Conversation, ConversationChanges
from ...signals import announce, handover_requested
from . import conversation_state, customers
from .call import Call, writing
from .merge import decide
from .unseen import has_unseen, has_unseen_answer
from .value_writes import put_each

logger = logging.getLogger("fin_bridge")

Handover, Holder = ConversationState.Handover, ConversationState.Holder


def update_conversation(call: Call, request: tuple[str, ConversationChanges]) -> Conversation:
    """Write what no person has changed since Fin last looked; return the record that results."""
    conversation_id, changes = request
    conversations = call.desk.conversations
    with writing():
        obj = call.conversation(conversation_id, lock=True)
        state = conversation_state.locked(call, conversation_id)
        with refusals():
            update = _Update(call, obj, state, changes)
            news = list(update.run())
        record = conversations.record(conversations.get(conversation_id))
        conversation_state.note_shown(call, state, record)
        conversation_state.note_customer(state, record)
        state.save(
            update_fields=[
                *("known_at", "shown", "shown_at", "customers", "holder", "customer_read_at"),
                *("handed_over_at", "handover", "answered_at"),
            ]
        )
        if news:
            call.tell("; ".join(news))
        if update.remarks:  # Fin sends these with each sync: an event would lead to another one
            call.entry.detail = "; ".join([*news, *update.remarks])
    return record


@dataclass
class _Update:
    """The update of one conversation, which is locked until it has been compared and written."""

    call: Call
    obj: Any
    state: ConversationState
    changes: ConversationChanges
    stands: bool = True
    withheld: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unseen: bool = False

    def run(self) -> Iterator[str]:
        """Write, and yield a sentence on each way in which the helpdesk differs from Fin now."""
        desk = self.call.desk
        record = desk.conversations.record(self.obj)
        self.now, self.shown = snapshot(record), self.state.shown or None
        conversation_state.note_holder(self.call, self.state, record)
        if self._closes() or self._hands_over():  # before anything is written
            self.unseen = has_unseen(desk, self.obj, self.state)
        self._values()
        self._assignee()
        self._user(record)
        read_at = self.changes.last_user_read_at
        if read_at is not UNCHANGED and read_at is not None:
            self.state.customer_read_at = max(self.state.customer_read_at or read_at, read_at)
        yield from self._differences()

    def _closes(self) -> bool:
        status = self.changes.status
        return status not in (UNCHANGED, "open", self.now["status"])

    def _hands_over(self) -> bool:
        return self.changes.assignee_id is None and self.state.holder == Holder.FIN

    def _differences(self) -> Iterator[str]:
        if self.withheld:
            yield f"a person's change was kept: {', '.join(self.withheld)}"
        if self.unseen and self._closes():
            yield "the status was kept: somebody has written what Fin has not seen"
        if self.refused:
            yield f"the helpdesk did not take: {'; '.join(self.refused)}"
        if not self.stands:
            yield "the helpdesk changed what Fin wrote"

    def _values(self) -> None:
        """Write title, tags, status and attributes, except those that people changed."""
        given = {word: getattr(self.changes, word) for word in ("title", "tags", "status")}
        if self.unseen and self._closes():
            given["status"] = UNCHANGED
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
        self._put(values)
        self.withheld += [*words.withheld, *(f"attribute {key}" for key in attributes.withheld)]

    def _put(self, values: Mapping[str, Any]) -> bool:
        """Write values, each by itself if need be; return whether all of them were taken."""
        conversations = self.call.desk.conversations
        written = put_each(conversations, self.obj, values, self.call.context)
        self.obj = written.obj
        self.stands &= written.stands
        self.refused += written.refused
        return not written.refused

    def _assignee(self) -> None:
        """Hand over for null, if Fin holds it; assign an agent only where no person is."""
        wanted, current = self.changes.assignee_id, self.now["assignee_id"]
        if wanted is None:
            if self._hands_over():
                self._hand_over()
        elif wanted is not UNCHANGED and wanted != current:
            changed = self.shown is not None and current != self.shown.get("assignee_id")
            if changed or current not in (None, self.call.agent_id):
                self.withheld.append("assignee")
            else:
                self._assign(wanted)

    def _assign(self, agent_id: str) -> None:
        agent = self.call.desk.agents.find(agent_id)
        if agent is None:  # who has left since, for instance
            self.refused.append(f"assignee (there is no agent {agent_id[:100]!r})")
        elif self._put({"assignee": agent}) and self.call.agent_id:
            self.state.holder = Holder.FIN if agent_id == self.call.agent_id else Holder.PEOPLE

    def _hand_over(self) -> None:
        conversations = self.call.desk.conversations
        try:
            with savepoint(), refusals():
                done = conversations.handover(self.obj, self.call.context)
                self.stands &= done is not False
        except RefusedError as error:
            logger.error(
                "Conversation %s was not handed over: %s", self.call.conversation_id, error
            )
            self.refused.append(f"assignee ({error})")
            return
        self._note_handover()
        requested = partial(
            announce,
            handover_requested,
            conversations.model_class,
            conversation=self.obj,
            conversation_id=self.state.conversation_id,
            integration=self.state.integration,
        )
        transaction.on_commit(requested, using=database(), robust=True)

    def _note_handover(self) -> None:
        """Begin the wait for a person's answer, unless one has just come that Fin has not seen."""
        state, desk = self.state, self.call.desk
        state.holder, state.handed_over_at = Holder.PEOPLE, self.call.began
        if self.unseen and has_unseen_answer(desk, self.obj, state.extent):
            state.handover, state.answered_at = Handover.ANSWERED, self.call.began
        else:
            state.handover, state.answered_at = Handover.WAITING, None

    def _user(self, record: Conversation) -> None:
        """Merge what Fin says of the conversation's own end user, and of no other."""
        given = self.changes.user
        if given is not UNCHANGED and customers.is_same(self.call, given.id, record.user.id):
            known = self._known_user() if given.attributes else None
            merged = customers.merge_user(self.call, record.user, given, known)
            self.withheld += [f"the end user's {name}" for name in merged.withheld]
            self.remarks = [f"of the end user: {name}" for name in merged.refused]

    def _known_user(self) -> dict[str, Any] | None:
        """Return what Fin knows of the attributes of this end user; None if it was shown none."""
        user, person = self.now["user"], (self.shown or {}).get("user")
        if person is None or person["id"] != user["id"]:
            return None
        written = end_users.written_of(self.state.integration, [user["id"]])
        values = end_users.known(
            end_users.values_of(person),
            self.state.shown_at,
            written.get(user["id"], {}),
            end_users.values_of(user),
        )
        return end_users.attributes_of(values)


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        word: list(value) if word == "tags" else value
        for word, value in values.items()
        if value is not UNCHANGED
    }
