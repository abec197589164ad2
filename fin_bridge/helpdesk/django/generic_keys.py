"""Generic foreign keys: two columns that lead to a row of whichever table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from .inheritance import ancestors, same_row


def is_key(field: Any) -> bool:
    """Whether a model's field is one; told by its attributes, since contenttypes is optional."""
    return hasattr(field, "ct_field") and hasattr(field, "fk_field") and not field.concrete


def columns(field: Any) -> frozenset[str]:
    """The names of its two, in both spellings of `update_fields`."""
    content_type = field.model._meta.get_field(field.ct_field)
    return frozenset({field.name, content_type.name, content_type.attname, field.fk_field})


def stored(field: Any) -> tuple[str, str]:
    """The attributes that hold them."""
    return field.model._meta.get_field(field.ct_field).attname, field.fk_field


def matching(field: Any, before: str, obj: models.Model) -> dict[str, Any]:
    """The condition of a query that it leads to this row, by whichever class of it."""
    types = [kind.pk for kind in _content_types(field, type(obj))]
    return {f"{before}{field.ct_field}__in": types, f"{before}{field.fk_field}": str(obj.pk)}


def among(field: Any, before: str, objects: Sequence[models.Model]) -> dict[str, Any]:
    """The same for any of several rows of one model."""
    types = {kind.pk for model in {*map(type, objects)} for kind in _content_types(field, model)}
    keys = [str(obj.pk) for obj in objects]
    return {f"{before}{field.ct_field}__in": types, f"{before}{field.fk_field}__in": keys}


def key(field: Any, obj: Any, model: type[models.Model]) -> Any:
    """The key of the row of that model that it leads to, without a query; None for other rows."""
    attname = obj._meta.get_field(field.ct_field).attname
    types = {kind.pk for kind in _content_types(field, model)}
    return getattr(obj, field.fk_field) if getattr(obj, attname) in types else None


def assign(obj: Any, field: Any, value: models.Model | None) -> set[str]:
    """Set both columns unless they lead there already."""
    attname = obj._meta.get_field(field.ct_field).attname
    before = getattr(obj, attname), str(getattr(obj, field.fk_field))
    setattr(obj, field.name, value)
    after = getattr(obj, attname), str(getattr(obj, field.fk_field))
    return set() if before == after else {field.ct_field, field.fk_field}


def _content_types(field: Any, model: type[models.Model]) -> list[Any]:
    """Those of all classes of such a row; Django remembers them."""
    classes = dict.fromkeys([*same_row(model), *ancestors(model)])
    return [field.get_content_type(model=one) for one in classes]
