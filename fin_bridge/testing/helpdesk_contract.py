"""The tests that every description of a helpdesk must pass, to be subclassed by its host."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any

from django.db import connections
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext

from ..checks.parts import problems
from ..helpdesk.django.inheritance import same_row
from ..helpdesk.reading.timeline import Timeline
from ..models import ConversationState, Event, database
from .contract_case import WORDS, ContractCase, readable, squeezed
from .in_process import ask, refused

MALFORMED = ("", "0", "-1", "x", "1e3", "' OR 1=1 --", "\N{ARABIC-INDIC DIGIT THREE}", "9" * 300)


def _most_repeated(statements: list[str]) -> str:
    shapes = Counter(re.sub(r"\d+", "?", sql) for sql in statements)
    [(sql, times)] = shapes.most_common(1)
    return f"Load it with the messages, by the part's queryset(); {times} times: {sql}"


class HelpdeskContract(ContractCase):
    """Subclass this `TestCase` and say how people make things in your helpdesk: four methods.

    The methods are `make_end_user()`, `make_agent()`, `make_conversation(end_user)` and
    `make_message(conversation, agent, text)`; each returns the saved object of your model.

    Each test plays Fin, in your test database, through the operations that the real one calls, and
    holds each answer to Fin's contract. `many` is the number of messages up to which a
    conversation must not cost more queries than with ten. It needs the extra `testing`.
    """

    # What Fin reads.

    def test_the_description_has_no_problems(self) -> None:
        self.assertEqual([problem for part in self.desk.parts for problem in problems(part)], [])

    def test_fin_reads_a_conversation(self) -> None:
        conversation, conversation_id = self.a_conversation()
        shown = ask("get_conversation", conversation_id=conversation_id)
        self.assertEqual((shown["id"], shown["status"]), (conversation_id, "open"))
        self.assertIsNone(shown["assignee"])
        user = self.desk.conversations.read(conversation, "user")
        self.assertEqual(shown["user"]["id"], self.desk.end_users.id_of(user))
        self.assertEqual(ask("get_user", user_id=shown["user"]["id"]), shown["user"])

    def test_fin_reads_an_agents_answer(self) -> None:
        conversation, conversation_id = self.a_conversation()
        agent = self.make_agent()
        self.make_message(conversation, agent, WORDS)
        *_, message = self.messages(conversation_id)
        self.assertEqual(readable(message), squeezed(WORDS))
        self.assertEqual(message["visibility"], "public")
        self.assertEqual(message["author"]["user_type"], "agent")
        self.assertEqual(message["author"]["id"], self.desk.agents.id_of(agent))

    def test_fin_reads_only_what_is_new(self) -> None:
        conversation, conversation_id = self.a_conversation()
        agent = self.make_agent()
        for number in range(3):
            self.make_message(conversation, agent, f"Answer {number}")
        everything = self.messages(conversation_id)
        newer = self.messages(conversation_id, after_id=everything[-1]["id"])
        self.assertNotIn(everything[-1], newer)
        for garbage in MALFORMED:
            self.assertEqual(self.messages(conversation_id, after_id=garbage), everything)

    def test_fin_reads_the_agents(self) -> None:
        self.assertIn(self.fin_id, [agent["id"] for agent in ask("get_agents")])

    def test_ids_that_are_none_are_not_found(self) -> None:
        for given in filter(None, MALFORMED):
            with self.subTest(given):
                self.assertEqual(refused("get_conversation", conversation_id=given), 404)
                self.assertEqual(refused("get_messages", conversation_id=given), 404)
                self.assertEqual(refused("get_user", user_id=given), 404)

    def test_many_messages_cost_no_more_queries(self) -> None:
        conversation, conversation_id = self.a_conversation()
        agent = self.make_agent()
        costs = []
        for number in (10, self.many - 10):
            for count in range(number):
                self.make_message(conversation, agent, f"Answer {count}")
            found = self.desk.conversations.get(conversation_id)
            with CaptureQueriesContext(connections[database()]) as queries:
                messages = list(Timeline(self.desk, found))
            costs.append(len(queries))
        self.assertGreaterEqual(len(messages), self.many)
        few, many = costs
        self.assertEqual(few, many, _most_repeated([query["sql"] for query in queries]))

    # What Fin writes.

    def test_fin_opens_a_conversation(self) -> None:
        opened = self.opened(title="A printer burns", attributes={"channel": "web"})
        conversation = opened["conversation"]
        self.assertEqual(conversation, self.again(opened))
        self.assertEqual(conversation["status"], "open")
        self.assertEqual(conversation["title"], "A printer burns")
        self.assertEqual(conversation["attributes"]["channel"], "web")
        self.assertEqual(conversation["user"]["name"], "Ada Lovelace")
        self.assertEqual(readable(opened["message"]), squeezed(WORDS))
        self.assertEqual(opened["message"]["author"]["id"], conversation["user"]["id"])
        self.assertEqual(self.messages(conversation["id"]), [opened["message"]])
        self.assertEqual(self.opened(), opened)

    def test_fin_knows_nobody_by_an_address(self) -> None:
        first = ask("create_user", object_id="user-1", name="Ada", email="ada@example.com")
        other = ask("create_user", object_id="user-2", name="Eve", email="ada@example.com")
        nobody = ask("create_user", object_id="user-3")
        self.assertEqual(len({user["id"] for user in (first, other, nobody)}), 3)
        self.assertEqual([first["name"], other["name"]], ["Ada", "Eve"])
        self.assertEqual(other["email"], "ada@example.com")

    def test_fin_and_the_customer_write(self) -> None:
        opened = self.opened()
        by_fin = self.wrote(opened, WORDS)
        by_customer = self.wrote(opened, "Thank you", author=self.customer(opened))
        self.assertEqual(readable(by_fin), squeezed(WORDS))
        self.assertEqual((by_fin["author"]["id"], by_fin["visibility"]), (self.fin_id, "public"))
        self.assertEqual(by_customer["author"]["user_type"], "end_user")
        self.assertEqual(by_customer["author"]["id"], self.customer(opened)["id"])
        ids = [message["id"] for message in self.messages(opened["conversation"]["id"])]
        self.assertEqual(ids, [opened["message"]["id"], by_fin["id"], by_customer["id"]])
        self.assertEqual(self.wrote(opened, WORDS), by_fin)

    def test_a_private_note_never_turns_out_public(self) -> None:
        opened = self.opened()
        note = self.wrote(opened, "The customer is upset", visibility="private")
        self.assertEqual(note["visibility"], "private")

    def test_a_long_message_is_whole(self) -> None:
        opened = self.opened()
        text = " ".join(f"word{number}" for number in range(1500))
        message = self.wrote(opened, text)
        self.assertEqual(readable(message), squeezed(text))
        self.assertEqual(self.messages(opened["conversation"]["id"])[1:], [message])

    def test_a_file_of_fins_is_not_lost(self) -> None:
        url = "https://files.example.com/invoice.pdf?signature=1"
        file = {"url": url, "filename": "invoice.pdf", "filetype": "application/pdf"}
        message = self.wrote(self.opened(), "Here", attachments=[file])
        body = html.unescape(message["body"] or "")
        self.assertTrue(url in body or [shown["url"] for shown in message["attachments"]] == [url])

    def test_title_tags_and_attributes_are_kept(self) -> None:
        opened = self.opened(attributes={"channel": "web", "gone": 1})
        shown = self.update(
            opened, title="Fire", tags=["urgent", "printer"], attributes={"gone": None, "floor": 3}
        )
        self.assertEqual((shown["title"], sorted(shown["tags"])), ("Fire", ["printer", "urgent"]))
        given = {key: value for key, value in shown["attributes"].items() if value}
        self.assertEqual((given.get("channel"), given.get("floor")), ("web", 3))
        self.assertNotIn("gone", given)
        self.assertEqual(self.update(opened, tags=["printer"])["tags"], ["printer"])

    def test_each_status_is_answered_as_it_reads(self) -> None:
        opened = self.opened()
        for status in ("resolved", "closed", "ended"):
            self.assertNotEqual(self.update(opened, status=status)["status"], "open")
            self.assertEqual(self.update(opened, status="open")["status"], "open")

    def test_the_customer_reopens(self) -> None:
        opened = self.opened()
        self.update(opened, status="closed")
        message = self.wrote(opened, "One more thing", author=self.customer(opened))
        self.assertIn(message, self.messages(opened["conversation"]["id"]))
        self.assertEqual(self.again(opened)["status"], "open")

    def test_fin_hands_over_once(self) -> None:
        opened = self.opened()
        for _ in range(2):
            self.assertIsNone(self.update(opened, assignee_id=None)["assignee"])
        state = ConversationState.objects.get(conversation_id=opened["conversation"]["id"])
        self.assertEqual(state.holder, ConversationState.Holder.PEOPLE)

    def test_what_is_the_same_is_not_saved(self) -> None:
        opened = self.opened(title="Fire", attributes={"floor": 3})
        now = self.update(opened, tags=["urgent"], status="resolved")
        saves: list[Any] = []
        for model in same_row(self.desk.conversations.model_class):
            post_save.connect(saves.append, sender=model, weak=False, dispatch_uid="contract")
            self.addCleanup(post_save.disconnect, sender=model, dispatch_uid="contract")
        words = {key: now[key] for key in ("title", "tags", "attributes", "status")}
        self.assertEqual(self.update(opened, **words), now)
        self.assertEqual(saves, [])

    # What Fin hears of.

    def test_what_people_do_is_news(self) -> None:
        conversation, conversation_id = self.a_conversation()
        self.assertNotEqual(self.events(), [])
        message = self.make_message(conversation, self.make_agent(), "Hello")
        self.assertIn(conversation_id, Event.objects.values_list("conversation_id", flat=True))
        self.assertNotEqual(self.events(), [])
        for obj in (conversation, message):
            obj.save()
            self.assertNotEqual(self.events(), [], f"A save of {obj!r} is no news.")

    def test_what_fin_does_is_none(self) -> None:
        opened = self.opened()
        self.wrote(opened, "Let me see")
        self.wrote(opened, "Please do", author=self.customer(opened))
        self.update(opened, title="Fire", tags=["urgent"], status="resolved")
        self.assertEqual(self.events(), [])
