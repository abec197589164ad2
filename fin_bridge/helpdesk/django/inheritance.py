"""Models that share rows: proxies, multi-table parents and multi-table children.

Django sends signals in the name of the class that was saved, and of no other class of that row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute

_PLAIN: Final = {DeferredAttribute, ForeignKeyDeferredAttribute}


def same_row(model: type[models.Model]) -> Iterator[type[models.Model]]:
    """Yield a model, its proxies, the model that it is a proxy of, and multi-table children."""
    concrete = model._meta.concrete_model or model
    for candidate in apps.get_models(include_auto_created=True):
        if issubclass(candidate, concrete):
            yield candidate


def ancestors(model: type[models.Model]) -> Iterator[type[models.Model]]:
    """Yield a model's multi-table parents and their proxies, whose rows may be the model's too."""
    parents = set((model._meta.concrete_model or model)._meta.get_parent_list())
    for candidate in apps.get_models():
        if candidate._meta.concrete_model in parents:
            yield candidate


def keys(model: type[models.Model]) -> Iterator[Any]:
    """Yield the fields that hold a model's key: its own and, up to the parent, those it leads to.

    A multi-table child with a key of its own shares no key with its parent.
    """
    field: Any = model._meta.pk
    yield field
    while field.remote_field:
        field = field.target_field
        yield field


def is_same(model: Any, other: type[models.Model]) -> bool:
    """Return whether a row of one model is a row of another, by any class of that row."""
    if not isinstance(model, type) or not issubclass(model, models.Model):
        return False
    return issubclass(model._meta.concrete_model or model, other._meta.concrete_model or other)


def is_plain(model: type[models.Model], column: Any) -> bool:
    """Return whether instances show a column as the database has it, by no code of the host's."""
    return type(getattr(model, column.attname, None)) in _PLAIN
