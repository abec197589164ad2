"""Models that share rows: proxies and multi-table parents and children.

Django sends signals in the name of the class that was saved, and of no other of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models


def same_row(model: type[models.Model]) -> Iterator[type[models.Model]]:
    """The model, its proxies, what it is a proxy of, and its multi-table children."""
    concrete = model._meta.concrete_model or model
    for candidate in apps.get_models(include_auto_created=True):
        if issubclass(candidate, concrete):
            yield candidate


def ancestors(model: type[models.Model]) -> Iterator[type[models.Model]]:
    """Its multi-table parents and their proxies: their rows may be one of the model's, or none."""
    parents = set((model._meta.concrete_model or model)._meta.get_parent_list())
    for candidate in apps.get_models():
        if candidate._meta.concrete_model in parents:
            yield candidate


def keys(model: type[models.Model]) -> Iterator[Any]:
    """The fields that hold its key: its own, and as a multi-table child those that it leads to.

    A child with a key of its own leads by another column to its parent, whose key is another.
    """
    field: Any = model._meta.pk
    yield field
    while field.remote_field:
        field = field.target_field
        yield field


def is_same(model: Any, other: type[models.Model]) -> bool:
    """Whether a row of the one is a row of the other, by whichever class it was loaded."""
    if not isinstance(model, type) or not issubclass(model, models.Model):
        return False
    return issubclass(model._meta.concrete_model or model, other._meta.concrete_model or other)
