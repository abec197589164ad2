"""The simulated Fin's replies to a customer, and what a reply makes of the conversation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TITLE_LENGTH = 60


@dataclass(frozen=True)
class Reply:
    """A text of Fin, and what it makes of the conversation by it."""

    html: str
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_handover: bool = False
    is_resolved: bool = False


@dataclass(frozen=True)
class _Topic:
    tag: str
    words: re.Pattern[str]
    html: str


def _topic(tag: str, words: str, html: str) -> _Topic:
    return _Topic(tag, re.compile(rf"\b({words})", re.IGNORECASE), html)


_TOPICS = (
    _topic(
        "password",
        r"password|log ?in\b|sign ?in\b|locked out",
        "<p>You can set a new password yourself:</p><ol><li>Open <b>Sign in</b> and choose "
        "<i>Forgot password</i>.</li><li>Enter your e-mail address.</li><li>Follow the link in "
        "our mail; it is valid for one hour.</li></ol><p>Did that help?</p>",
    ),
    _topic(
        "refund",
        r"refund|money back|charged twice|double charge",
        "<p>We refund any payment within <b>30 days</b>, to the card or account that was "
        "charged. It arrives after three to five working days.</p><p>Shall I connect you with a "
        "person who can start it for you?</p>",
    ),
    _topic(
        "opening hours",
        r"opening hours|open today|what time|when are you|business hours",
        "<p>People answer here on weekdays from <b>9:00 to 18:00</b>. I am here all the time.</p>",
    ),
    _topic(
        "invoices",
        r"invoices?\b|receipts?\b|vat\b|bill(?:s|ing)?\b",
        "<p>All your invoices are under <b>Account &rsaquo; Billing</b>, as PDF. A new one "
        "appears on the first day of each month.</p><p>A VAT number can be added on the same "
        "page.</p>",
    ),
    _topic(
        "cancellation",
        r"cancel|unsubscribe|end my (?:plan|subscription)",
        "<p>You can cancel at any time under <b>Account &rsaquo; Plan</b>:</p><ul><li>your plan "
        "stays active until the end of the period that is paid;</li><li>your data can be "
        "exported for another 30 days.</li></ul>",
    ),
)

_PERSON = re.compile(
    r"\b(talk|speak|chat|write|connect(ed)?|transfer(red)?|get me)\b.*"
    r"\b(person|people|human|agent|somebody|someone|representative|support team)\b"
    r"|\b(real|actual|live) (person|human|agent)\b|^\W*(a )?(human|person|agent)\b"
    r"|\b(need|want) (a|an) (human|person|agent)\b",
    re.IGNORECASE | re.DOTALL,
)
_THANKS = re.compile(
    r"\b(thanks|thank you|thx|cheers|that (helps|helped|works|worked)|solved)\b", re.IGNORECASE
)
_BUT = re.compile(r"\b(but|not|no)\b|n['\u2019]t\b|\?", re.IGNORECASE)

HANDOVER = Reply(
    "<p>I&rsquo;ll connect you with a person of our team. They can see what we have written.</p>",
    tags=("handover",),
    attributes={"fin_outcome": "handed over"},
    is_handover=True,
)
RESOLVED = Reply(
    "<p>Glad that I could help. Write again whenever you like!</p>",
    attributes={"fin_outcome": "resolved"},
    is_resolved=True,
)
UNKNOWN = Reply(
    "<p>I am not sure that I understand. Could you say it in other words? I know about "
    "passwords, refunds, opening hours, invoices and cancelling.</p><p>If you would rather talk "
    "to a person, just say so.</p>"
)


def reply_to(text: str) -> Reply:
    """Return Fin's answer to a customer's message, given as plain text."""
    if _PERSON.search(text):
        return HANDOVER
    for topic in _TOPICS:
        if topic.words.search(text):
            return Reply(topic.html, tags=(topic.tag,), attributes={"fin_topic": topic.tag})
    if _THANKS.search(text) and not _BUT.search(text):
        return RESOLVED
    return UNKNOWN


@dataclass
class Derived:
    """The values that Fin has derived from a conversation since it last updated it."""

    tags: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    status: str | None = None

    def then(self, newer: "Derived") -> "Derived":
        """Return both together; newer values win."""
        return Derived(
            self.tags + newer.tags,
            self.attributes | newer.attributes,
            newer.status or self.status,
        )


@dataclass
class Engagement:
    """Fin's part in a conversation: it answers until it hands over or a person takes over."""

    is_in_charge: bool
    is_handed_over: bool = False
    is_handover_known: bool = True
    """False until the helpdesk has been told; until then its assignee proves nothing."""
    derived: Derived = field(default_factory=Derived)

    def observe(self, assignee: Mapping[str, Any] | None, agent: Mapping[str, Any] | None) -> None:
        """See who is assigned: Fin's agent brings Fin back, a person silences it."""
        if assignee is None or not self.is_handover_known:
            return
        self.is_in_charge = agent is not None and assignee["id"] == agent["id"]
        if self.is_in_charge:
            self.is_handed_over = False

    def take_in(self, reply: Reply) -> None:
        """Keep what a reply means for the conversation until it is told."""
        self.derived.tags += reply.tags
        self.derived.attributes |= reply.attributes
        if reply.is_resolved:
            self.derived.status = "resolved"
        if reply.is_handover:
            self.is_in_charge = False
            self.is_handed_over, self.is_handover_known = True, False

    def assignment(self, agent: Mapping[str, Any] | None) -> dict[str, str | None]:
        """Return the assignee for the end of a sync; nothing while a person answers.

        After a handover null is repeated each time, as Fin may (contract).
        """
        if self.is_handed_over:
            return {"assignee_id": None}
        if self.is_in_charge and agent is not None:
            return {"assignee_id": agent["id"]}
        return {}


def title_of(text: str) -> str:
    """Make a title of a first message."""
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_LENGTH else f"{line[: _TITLE_LENGTH - 1].rstrip()}…"
