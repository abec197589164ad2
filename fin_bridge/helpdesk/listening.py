"""What else changes a conversation: rows of other models, and signals of the helpdesk's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.dispatch import Signal
from django.utils.module_loading import import_string

from .fields.path import Path

if TYPE_CHECKING:
    from .parts.conversations import Conversations

ConversationOf = Callable[[Any], str | None]


def watched(part: Conversations) -> Iterator[tuple[type[models.Model], ConversationOf]]:
    """Each model of `watch`, with whose conversation a row of it is."""
    for label, dotted in part.watch.items():
        yield apps.get_model(label), _leading(part, Path(dotted))


def signals(part: Conversations) -> Iterator[tuple[str, Signal, ConversationOf]]:
    """Each of `signals` with its name, and whose conversation its arguments tell of."""
    for dotted, argument in part.signals.items():
        first, _, rest = argument.partition(".")
        leading = _leading(part, Path(rest)) if rest else _itself(part)

        def conversation_of(
            arguments: Any, first: str = first, leading: ConversationOf = leading
        ) -> str | None:
            obj = arguments.get(first)
            return None if obj is None else leading(obj)

        yield dotted, import_string(dotted), conversation_of


def _leading(part: Conversations, path: Path) -> ConversationOf:
    def conversation_of(row: Any) -> str | None:
        conversation = path.read(row)
        return None if conversation is None else part.id_of(conversation)

    return conversation_of


def _itself(part: Conversations) -> ConversationOf:
    return part.id_of


def problems(part: Conversations) -> Iterator[str]:
    """Models, paths and signals that do not exist."""
    for label, dotted in part.watch.items():
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            yield f"watch: there is no model {label!r}"
        else:
            yield from (f"watch: {problem}" for problem in _wrong(model, dotted))
    for dotted in part.signals:
        try:
            if not isinstance(import_string(dotted), Signal):
                yield f"signals: {dotted} is no signal"
        except ImportError as error:
            yield f"signals: {error}"


def _wrong(model: type[models.Model], dotted: str) -> Iterator[str]:
    path = Path(dotted)
    path.part = type("Row", (), {"model_class": model})()
    yield from path.problems()
