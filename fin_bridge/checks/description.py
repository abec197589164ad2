"""Checks of the helpdesk's description: paths, words and parts that cannot work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any, Final

from django.core import checks

from ..conf import conf
from ..exceptions import ConfigurationError
from ..helpdesk import Agents, Choice, Helpdesk, Messages, Opening, Part, Path, current
from ..records import STATUSES
from . import creating
from .parts import problems
from .settings import TAG

_NEEDED: Final = ("user", "status", "created_at")
_NEEDED_OF_MESSAGES: Final = ("conversation", "author", "created_at")
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": STATUSES,
    "visibility": ("public", "private"),
}


def _loaded() -> Helpdesk | Exception:
    """Return the description bound to its models, or the error that prevents it."""
    try:
        desk = current()
        assert desk.parts
    except (ConfigurationError, LookupError, AttributeError, TypeError, ValueError) as error:
        return error
    return desk


def helpdesk() -> Helpdesk | None:
    """Return the description; None where it cannot be used, which has a check of its own."""
    loaded = _loaded()
    return loaded if isinstance(loaded, Helpdesk) else None


@checks.register(TAG)
def check_helpdesk(**_: Any) -> list[checks.CheckMessage]:
    """Check that there is a description, and that it can be loaded."""
    path = conf.raw("FIN_BRIDGE_HELPDESK", "")
    if not path:
        return [
            checks.Error(
                "FIN_BRIDGE_HELPDESK is not set.",
                hint="Name the Helpdesk that describes your models: support.fin.helpdesk",
                id="fin_bridge.E001",
            )
        ]
    loaded = _loaded()
    if isinstance(loaded, Helpdesk):
        return []
    return [
        checks.Error(
            f"FIN_BRIDGE_HELPDESK is {path!r}, which cannot be used: {loaded}",
            hint="It is the dotted path of a Helpdesk whose parts name models that exist.",
            id="fin_bridge.E002",
        )
    ]


@checks.register(TAG)
def check_parts(**_: Any) -> list[checks.CheckMessage]:
    """Check each part of the description, and how the parts fit together."""
    desk = helpdesk()
    if desk is None:
        return []
    found = [message for part in desk.parts for message in _part(part)]
    found += _missing(desk.conversations, _NEEDED)
    found += _writing(desk)
    for part in desk.messages:
        found += [*_messages(part), *_paths(part)]
    return [*found, *_prefixes(desk), *_typing(desk.agents)]


def _name(part: Part) -> str:
    return type(part).__name__


def _has(part: Part, word: str) -> bool:
    return word in part.fields or hasattr(part, f"get_{word}")


def _part(part: Part) -> Iterator[checks.CheckMessage]:
    for problem in problems(part):
        yield checks.Error(
            problem, hint="Correct it in your description of the helpdesk.", id="fin_bridge.E060"
        )
    for word, field in part.fields.items():
        if isinstance(field, Choice):
            yield from _choice(part, word, field)


def _choice(part: Part, word: str, field: Choice) -> Iterator[checks.CheckMessage]:
    contract_words = _WORDS.get(word)
    if contract_words is None:
        return
    for given in sorted({*field.words.values(), *field.values} - {*contract_words}):
        yield checks.Error(
            f"{_name(part)}.{word} says {given!r}, which Fin does not know.",
            hint=f"Fin's words are {', '.join(contract_words)}.",
            id="fin_bridge.E065",
        )
    unanswered = [given for given in contract_words if field.values.get(given) is None]
    if unanswered and not hasattr(part, f"set_{word}"):
        yield checks.Error(
            f"{_name(part)}.{word} does not say what to write for {', '.join(unanswered)}.",
            hint=f"Give write= a value of yours for each of {', '.join(contract_words)}.",
            id="fin_bridge.E066",
        )


def _writing(desk: Helpdesk) -> Iterator[checks.CheckMessage]:
    """Check that Fin can end and hand over conversations, and create what it has to."""
    hint = "Correct it in your description of the helpdesk."
    for problem in creating.unwritable(desk.conversations):
        yield checks.Error(problem, hint=hint, id="fin_bridge.E067")
    for part in desk.parts:
        for problem in creating.unfilled(part):
            yield checks.Warning(problem, hint=hint, id="fin_bridge.W009")


def _missing(part: Part, words: tuple[str, ...]) -> Iterator[checks.CheckMessage]:
    for word in words:
        if not _has(part, word):
            yield checks.Error(
                f"{_name(part)} has no {word}, which Fin needs.",
                hint=f"Name its field, {word} = ..., or write get_{word}().",
                id="fin_bridge.E061",
            )


def _messages(part: Messages) -> Iterator[checks.CheckMessage]:
    is_opening = isinstance(part, Opening)  # its conversation is its own row
    yield from _missing(part, _NEEDED_OF_MESSAGES[1:] if is_opening else _NEEDED_OF_MESSAGES)
    if not _has(part, "body") and not _has(part, "attachments"):
        yield checks.Error(
            f"{_name(part)} has neither a body nor attachments: Fin would be shown nothing.",
            hint='Name the field of the text: body = fin.Html("...") or fin.Text("...").',
            id="fin_bridge.E062",
        )
    if not _has(part, "visibility"):
        yield checks.Warning(
            f"{_name(part)} has no visibility: all of its messages are private.",
            hint='Say which are private: visibility = fin.Flag("internal", private=True).',
            id="fin_bridge.W004",
        )


def _paths(part: Messages) -> Iterator[checks.CheckMessage]:
    """Check the fields by which the database finds and sorts messages."""
    for word in ("conversation", "created_at"):
        field = part.fields.get(word)
        needed = word in _NEEDED_OF_MESSAGES and not (
            word == "conversation" and isinstance(part, Opening)
        )
        if needed and _has(part, word) and not _is_column(field):
            yield checks.Error(
                f"{_name(part)}.{word} is not a path of model fields.",
                hint="Methods and properties cannot be used here: messages are found by it.",
                id="fin_bridge.E064",
            )


def _is_column(field: Any) -> bool:
    return isinstance(field, Path) and len(list(field.hops())) == len(field.names)


def _prefixes(desk: Helpdesk) -> Iterator[checks.CheckMessage]:
    """Check that no id of one part can be read as an id of another."""
    for part, other in permutations(desk.messages, 2):
        equal = part.prefix == other.prefix and _name(part) < _name(other)
        if equal or (part.prefix < other.prefix and part.key(f"{other.prefix}1") is not None):
            yield checks.Error(
                f"The ids of {_name(part)} and {_name(other)} cannot be told apart.",
                hint='Give each part of messages a prefix of its own: prefix = "note-".',
                id="fin_bridge.E063",
            )


def _typing(agents: Agents) -> Iterator[checks.CheckMessage]:
    """Check that users are agents, or that `for_user` says which agent a user is."""
    overridden = type(agents).for_user is not Agents.for_user
    user_model = str(conf.raw("AUTH_USER_MODEL")).lower()
    if not overridden and agents.model_class._meta.label_lower != user_model:
        yield checks.Warning(
            f"{_name(agents)} does not say which agent a user is: nobody is seen typing.",
            hint="Write for_user(self, user), which returns the agent or None.",
            id="fin_bridge.W005",
        )
