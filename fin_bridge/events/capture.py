"""Capture: the signals of the helpdesk's models become rows in the outbox."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal

from ..database.orm import rows_of
from ..exceptions import ConfigurationError
from ..helpdesk import Helpdesk, Messages, Part, current, listening
from ..helpdesk.django.inheritance import ancestors, same_row
from ..helpdesk.fields.rows import Rows
from ..helpdesk.listening import ConversationOf
from ..helpdesk.writing.own_writes import is_echo, tell
from . import outbox

logger = logging.getLogger("fin_bridge")


@dataclass(frozen=True, slots=True)
class Source:
    """A model of the helpdesk whose rows change what Fin sees."""

    model: type[models.Model]
    conversation_of: ConversationOf
    columns: frozenset[str] | None = None
    """Fin's view depends on these fields; None is all."""

    def concerns(self, update_fields: Collection[str] | None) -> bool:
        """Return whether a save of just these fields matters to Fin."""
        return (
            update_fields is None
            or self.columns is None
            or not self.columns.isdisjoint(update_fields)
        )

    def changed(self, instance: models.Model, change: str, using: str) -> None:
        """Record a change; what goes wrong in the description is logged, and breaks no save."""
        if is_echo(instance):
            return
        try:
            conversation_id = self.conversation_of(instance)
        except Exception:
            logger.exception("Whose conversation %s %s is, is unknown.", self.model, instance.pk)
            return
        if conversation_id is not None:
            cause = f"{instance._meta.label} {instance.pk} {change}"
            tell(instance, partial(outbox.record, conversation_id, cause, using))


def connect() -> None:
    """Connect the signals of each model that the description names, and of its family.

    Raises `ConfigurationError` for a description that is wrong where rows hang on others: the
    checks would tell, but a web server runs none, and silence would lose events.
    """
    desk = current()
    _refuse_wrong_rows(desk)
    for number, source in enumerate(sources(desk)):
        for model in same_row(source.model):
            _connect_rows(source, model, f"fin_bridge.{number}.{model._meta.label}")
        for model in ancestors(source.model):
            _connect_rows(_of_ancestor(source), model, f"fin_bridge.{number}.{model._meta.label}")
    for part in desk.parts:
        for field in part.fields.values():
            if isinstance(field, Rows) and field.through is not None:
                _connect_many(part, field, field.through)
    for name, signal, conversation_of in listening.signals(desk.conversations):
        _connect_signal(name, signal, conversation_of)


def _refuse_wrong_rows(desk: Helpdesk) -> None:
    for part in desk.parts:
        for word, field in part.fields.items():
            problem = next(field.problems(), None) if isinstance(field, Rows) else None
            if problem is not None:
                raise ConfigurationError(f"{type(part).__name__}.{word}: {problem}")


def _connect_rows(source: Source, model: type[models.Model], key: str) -> None:
    def saved(
        instance: models.Model,
        created: bool,
        raw: bool,
        using: str,
        update_fields: Collection[str] | None,
        **_: Any,
    ) -> None:
        if not raw and source.concerns(update_fields):
            source.changed(instance, "created" if created else "changed", using)

    def deleted(instance: models.Model, using: str, **_: Any) -> None:
        source.changed(instance, "deleted", using)

    post_save.connect(saved, sender=model, weak=False, dispatch_uid=f"{key}.saved")
    post_delete.connect(deleted, sender=model, weak=False, dispatch_uid=f"{key}.deleted")


def _of_ancestor(source: Source) -> Source:
    """Listen to a multi-table parent, whose row may be one of the model's: it is looked up."""

    def conversation_of(parent: models.Model) -> str | None:
        row = rows_of(source.model).filter(pk=parent.pk).first()
        return None if row is None else source.conversation_of(row)

    return Source(source.model, conversation_of, source.columns)


def _connect_many(part: Part, field: Rows, through: type[models.Model]) -> None:
    """Listen to a many-to-many table, whose rows are written without a signal of the object."""
    source = Source(part.model_class, _owner(part))
    is_forward = isinstance(field.relation, models.ManyToManyField)

    def changed(
        instance: models.Model, action: str, reverse: bool, pk_set: Any, using: str, **_: Any
    ) -> None:
        is_own = reverse is not is_forward
        if action in {"post_add", "post_remove"} and pk_set:
            objects: Iterable[Any] = [instance]
            if not is_own:
                objects = part.queryset().filter(pk__in=pk_set)
            for obj in objects:
                source.changed(obj, f"{field.path.dotted} changed", using)
        elif action in {"pre_clear", "post_clear"} and is_own:
            source.changed(instance, f"{field.path.dotted} cleared", using)
        elif action == "pre_clear":  # afterwards nobody knows whose they were
            for obj in part.queryset().filter(**{field.relation.name: instance}):
                source.changed(obj, f"{field.path.dotted} cleared", using)

    key = f"fin_bridge.{part.model_class._meta.label}.{field.path.dotted}"
    m2m_changed.connect(changed, sender=through, weak=False, dispatch_uid=key)


def _owner(part: Part) -> ConversationOf:
    """Return what finds the conversation of an object of a part."""
    return part.conversation_id if isinstance(part, Messages) else part.id_of


def _connect_signal(name: str, signal: Signal, conversation_of: ConversationOf) -> None:
    def sent(**arguments: Any) -> None:
        try:
            conversation_id = conversation_of(arguments)
        except Exception:
            logger.exception("Whose conversation the signal %s is about, is unknown.", name)
            return
        if conversation_id is not None:
            outbox.record(conversation_id, name)

    signal.connect(sent, weak=False, dispatch_uid=f"fin_bridge.{name}")


def sources(desk: Helpdesk) -> Iterator[Source]:
    """Find the models to listen to."""
    yield Source(desk.conversations.model_class, desk.conversations.id_of, _columns(desk))
    for part in desk.messages:
        if part is not desk.opening:
            yield Source(part.model_class, part.conversation_id, part.columns())
    for owner in (desk.conversations, *desk.messages):
        yield from _rows(owner)
    for model, conversation_of in listening.watched(desk.conversations):
        yield Source(model, conversation_of)


def _columns(desk: Helpdesk) -> frozenset[str] | None:
    """Find the columns of the conversation, and of the opening text that stands on it."""
    columns = desk.conversations.columns()
    opening = desk.opening.columns() if desk.opening is not None else frozenset()
    return None if columns is None or opening is None else columns | opening


def _rows(part: Part) -> Iterator[Source]:
    """Find rows that hang on an object, such as files, often stored after their message."""
    for field in part.fields.values():
        if not isinstance(field, Rows) or field.relation is None:
            continue
        if field.relation.one_to_many:
            owner = field.relation.field.name
            yield Source(field.relation.related_model, _through_path(part, owner))
        elif field.through is not None and not field.through._meta.auto_created:
            yield Source(field.through, _through_path(part, _joining(field)))


def _joining(field: Rows) -> str:
    """Return the name of the foreign key of a host's many-to-many table to the object."""
    relation = field.relation
    if isinstance(relation, models.ManyToManyField):
        return str(relation.m2m_field_name())
    return str(relation.field.m2m_reverse_field_name())


def _through_path(part: Part, name: str) -> ConversationOf:
    owner_of = _owner(part)

    def conversation_of(row: Any) -> str | None:
        owner = getattr(row, name)
        return None if owner is None else owner_of(owner)

    return conversation_of
