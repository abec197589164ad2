"""The test case below `HelpdeskContract`: what people do in a helpdesk, and what Fin does."""

from __future__ import annotations

import html
import re
import unittest
from typing import Any, ClassVar

from django.test import TestCase, override_settings

from ..conf import conf
from ..database import clock
from ..helpdesk import Helpdesk, current
from ..models import ConversationState, Event, database
from .in_process import ask

WORDS = "Is {{ this }} {% safe %} & sound? 1 < 2, *so* it_is 🖨"
"""A text in which a template engine, a Markdown renderer or a careless escape would show."""


class ContractCase(TestCase):
    """The four methods that an integrator writes, and what Fin does to what they make."""

    __test__: ClassVar[bool] = False
    many = 40
    """A conversation of so many messages must not cost more queries than one of ten."""

    def make_end_user(self) -> Any:
        """Make and return a customer, an object of the model of your `EndUsers`."""
        raise NotImplementedError

    def make_agent(self) -> Any:
        """Make and return another member of the staff at each call, an object of your `Agents`."""
        raise NotImplementedError

    def make_conversation(self, end_user: Any) -> Any:
        """Make and return an open conversation of that customer, assigned to nobody."""
        raise NotImplementedError

    def make_message(self, conversation: Any, agent: Any, text: str) -> Any:
        """Save and return an agent's public answer, just as your agents' page saves it.

        `text` is plain text; it has to be stored in the form that your page stores.
        """
        raise NotImplementedError

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.__test__ = cls.make_conversation is not ContractCase.make_conversation

    @classmethod
    def setUpClass(cls) -> None:
        if not cls.__test__:
            raise unittest.SkipTest("It is to be subclassed.")
        super().setUpClass()

    def setUp(self) -> None:
        self.desk: Helpdesk = current()
        self.fin_id = self.desk.agents.id_of(self.make_agent())
        configured = {name: dict(entry.options) for name, entry in conf.integrations.items()}
        integrations = {
            name: {**options, "AGENT_ID": self.fin_id}
            for name, options in (configured or {"default": {"ID": "contract"}}).items()
        }
        overridden = override_settings(
            FIN_BRIDGE_INTEGRATIONS=integrations,
            FIN_BRIDGE_PUBLIC_URL=conf.public_url or "https://helpdesk.example.com",
            FIN_BRIDGE_SETTLE=0,
        )
        overridden.enable()
        self.addCleanup(overridden.disable)

    # What people have made.

    def a_conversation(self) -> tuple[Any, str]:
        """Return a conversation of the helpdesk that Fin has been given, and its id."""
        conversation = self.make_conversation(self.make_end_user())
        conversation_id = self.desk.conversations.id_of(conversation)
        self.give(conversation)
        return conversation, conversation_id

    def give(self, conversation: Any) -> None:
        """Let Fin have a conversation, whatever the scope says."""
        owner = self.desk.conversations.integration(conversation) or next(iter(conf.integrations))
        ConversationState.objects.get_or_create(
            integration=owner,
            conversation_id=self.desk.conversations.id_of(conversation),
            defaults={"known_at": clock.now(database())},
        )

    def messages(self, conversation_id: str, **values: Any) -> list[dict[str, Any]]:
        """Return the messages of a conversation as Fin pulls them."""
        found: list[dict[str, Any]] = ask(
            "get_messages", conversation_id=conversation_id, **values
        )
        return found

    # What Fin does.

    def opened(self, **values: Any) -> dict[str, Any]:
        """Have a customer begin a conversation with Fin; return `create_conversation`'s answer."""
        user = ask("create_user", object_id="user-1", name="Ada Lovelace", email="ada@example.com")
        message = {
            "object_id": "message-1",
            "author": {"id": user["id"], "user_type": "end_user"},
            "body": f"<p>{html.escape(WORDS, quote=False)}</p>",
        }
        given = {"object_id": "conversation-1", "user": {"id": user["id"]}, **values}
        created: dict[str, Any] = ask("create_conversation", initial_message=message, **given)
        return created

    def wrote(self, opened: dict[str, Any], body: str, **values: Any) -> dict[str, Any]:
        """Have Fin, or `author`, write a message into it; return `create_message`'s answer."""
        given = {"author": {"id": self.fin_id, "user_type": "agent"}, **values}
        message: dict[str, Any] = ask(
            "create_message",
            object_id=f"{body}-{values}",
            conversation_id=opened["conversation"]["id"],
            body=f"<p>{html.escape(body, quote=False)}</p>",
            **given,
        )
        return message

    def customer(self, opened: dict[str, Any]) -> dict[str, str]:
        """Return the customer of an opened conversation as an author."""
        return {"id": opened["conversation"]["user"]["id"], "user_type": "end_user"}

    def again(self, opened: dict[str, Any]) -> dict[str, Any]:
        """Return the conversation as Fin pulls it afterwards."""
        shown: dict[str, Any] = ask(
            "get_conversation", conversation_id=opened["conversation"]["id"]
        )
        return shown

    def update(self, opened: dict[str, Any], **values: Any) -> dict[str, Any]:
        """Have Fin update the conversation; return the answer, which equals what it pulls next."""
        answer: dict[str, Any] = ask(
            "update_conversation", conversation_id=opened["conversation"]["id"], **values
        )
        self.assertEqual(answer, self.again(opened))
        return answer

    # What Fin hears of.

    def events(self) -> list[str]:
        """Return the causes of the events that people brought about, and delete all events."""
        causes = list(Event.objects.filter(reaction=False).values_list("cause", flat=True))
        Event.objects.all().delete()
        return causes


def readable(message: dict[str, Any]) -> str:
    """Return the text of a message without markup and white space."""
    return squeezed(html.unescape(re.sub(r"<[^>]+>", " ", message["body"] or "")))


def squeezed(text: str) -> str:
    """Return the text without white space, which helpdesks treat as they like."""
    return re.sub(r"\s+", "", text)
