"""What else tells of a change: rows of other models, and signals of the helpdesk's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.dispatch import Signal
from django.utils.module_loading import import_string

from .fields.path import Path
from .parts.conversations import Conversations

ConversationOf = Callable[[Any], str | None]
"""A function that returns the id of the conversation that a row or a signal is about."""


def model_named(label: str) -> type[models.Model] | None:
    """Return the model of `app_label.Model`, or None where there is no such model."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def watched(part: Conversations) -> Iterator[tuple[type[models.Model], ConversationOf]]:
    """Yield each model of `watch` with the way from its rows to their conversations."""
    for label, dotted in part.watch.items():
        yield apps.get_model(label), _leading(part, Path(dotted))


def signals(part: Conversations) -> Iterator[tuple[str, Signal, ConversationOf]]:
    """Yield each of `signals` by name, with the way from its arguments to the conversation."""
    for dotted, argument in part.signals.items():
        first, _, further = argument.partition(".")
        leading = _leading(part, Path(further)) if further else part.id_of

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
