"""Generic foreign keys: two columns that lead to a row of any table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from .inheritance import ancestors, same_row


def is_key(field: Any) -> bool:
    """Return whether a field is a generic key, by its attributes: contenttypes is optional."""
    return hasattr(field, "ct_field") and hasattr(field, "fk_field") and not field.concrete


def columns(field: Any) -> frozenset[str]:
    """Return the names of a generic key and its columns, in both spellings of `update_fields`."""
    content_type = field.model._meta.get_field(field.ct_field)
    return frozenset({field.name, content_type.name, content_type.attname, field.fk_field})


def stored(field: Any) -> tuple[str, str]:
    """Return the attributes of an object that hold the two columns."""
    return field.model._meta.get_field(field.ct_field).attname, field.fk_field


def matching(field: Any, before: str, obj: models.Model) -> dict[str, Any]:
    """Return the condition of a query that a key leads to a row, by any class of that row."""
    types = [kind.pk for kind in _content_types(field, type(obj))]
    return {f"{before}{field.ct_field}__in": types, f"{before}{field.fk_field}": str(obj.pk)}


def among(field: Any, before: str, objects: Sequence[models.Model]) -> dict[str, Any]:
    """Return the condition of a query that a key leads to one of several rows."""
    types = {kind.pk for model in {*map(type, objects)} for kind in _content_types(field, model)}
    keys = [str(obj.pk) for obj in objects]
    return {f"{before}{field.ct_field}__in": types, f"{before}{field.fk_field}__in": keys}


def key(field: Any, obj: Any, model: type[models.Model]) -> Any:
    """Return the key of the row of a model that is led to, or None for another model's row."""
    attname = obj._meta.get_field(field.ct_field).attname
    types = {kind.pk for kind in _content_types(field, model)}
    return getattr(obj, field.fk_field) if getattr(obj, attname) in types else None


def assign(obj: Any, field: Any, value: models.Model | None) -> set[str]:
    """Set both columns unless they lead there already, and return the names that changed."""
    attname = obj._meta.get_field(field.ct_field).attname
    before = getattr(obj, attname), str(getattr(obj, field.fk_field))
    setattr(obj, field.name, value)
    after = getattr(obj, attname), str(getattr(obj, field.fk_field))
    return set() if before == after else {field.ct_field, field.fk_field}


def _content_types(field: Any, model: type[models.Model]) -> list[Any]:
    """Return the content types of all classes of a model's rows, which Django remembers."""
    classes = dict.fromkeys([*same_row(model), *ancestors(model)])
    return [field.get_content_type(model=candidate) for candidate in classes]
