"""The contract on django-helpdesk."""

from itertools import count
from typing import ClassVar

from django.contrib.auth.models import User
from helpdesk.models import FollowUp, Queue, Ticket
from helpdesk.update_ticket import update_ticket

from tests.hosts.hosted import Hosted

numbers = count(1)


class TestDjangoHelpdesk(Hosted):
    queue: ClassVar[Queue]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.queue = Queue.objects.create(title="Web", slug="web", allow_public_submission=True)

    def make_end_user(self) -> str:
        return "grace@example.com"

    def make_agent(self) -> User:
        return User.objects.create_user(f"agent{next(numbers)}", is_staff=True)

    def make_conversation(self, end_user: str) -> Ticket:
        return Ticket.objects.create(title="Smoke", queue=self.queue, submitter_email=end_user)

    def make_message(self, conversation: Ticket, agent: User, text: str) -> FollowUp:
        return update_ticket(agent, conversation, comment=escaped(text), public=True)


def escaped(text: str) -> str:
    """As an agent must write it who means braces, in Markdown."""
    braces = str.maketrans({brace: f'{{{{ "{brace}" }}}}' for brace in "{}"})
    return text.translate(braces).replace("*", r"\*").replace("_", r"\_")
