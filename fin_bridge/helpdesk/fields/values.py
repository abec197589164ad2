"""Descriptors of single values. Texts are in `bodies`, rows of other tables in `rows`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Self

from django.core.exceptions import ValidationError

from ...database.orm import rows_of
from ..owner import Context, Owner
from ..writing.kept_values import merged
from .failures import attempt
from .path import Field, Path, assign

_NEAREST: Final[Mapping[str, tuple[str, ...]]] = {
    "resolved": ("closed", "ended"),
    "closed": ("resolved", "ended"),
    "ended": ("closed", "resolved"),
}
"""Words of nearly one meaning, for helpdesks that have fewer words for "finished" than Fin."""

_CAUTIOUS: Final = {"visibility": "private"}
"""The word for a value that has none: what was written for colleagues is not shown by mistake,
and a conversation of an unknown status is better open than lost."""


class Const(Field):
    """A fixed value. Anything else that Fin writes has no place in the helpdesk."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def read(self, obj: Any) -> Any:
        return self.value


class OverPath(Field):
    """A descriptor that reads one path and makes something of it."""

    def __init__(self, dotted: str) -> None:
        self.path = Path(dotted)

    def paths(self) -> Sequence[Path]:
        return (self.path,)

    def read(self, obj: Any) -> Any:
        return self.word(self.path.read(obj))

    def word(self, value: Any) -> Any:
        """Make the word of what stands at the path; columns are read without their object."""
        return value

    def stored(self, value: Any) -> Any:
        """Return a value as the database has it: an unsaved object may carry a text instead."""
        column = self.path.column
        if column is None or not isinstance(value, str):
            return value
        try:
            return column.to_python(value)
        except ValidationError:
            return value


class Choice(OverPath):
    """A word of Fin's for each of the helpdesk's values.

    `words` maps each value to its word, `unknown` is the word for a value that is not in it. The
    path may lead into a table of such values (`status.slug`); then writing looks the row up, and
    never changes it. `write` maps words to the values that are written for them. For a word that
    is not in it, the first value that reads as that word is written, else the nearest word's.
    """

    def __init__(
        self,
        dotted: str,
        words: Mapping[Any, str],
        write: Mapping[str, Any] | None = None,
        unknown: str = "",
    ) -> None:
        super().__init__(dotted)
        self.words = words
        self.values = dict(write or {})
        for value, word in words.items():
            self.values.setdefault(word, value)
        for word, others in _NEAREST.items():
            for near in others:
                if near in self.values:
                    self.values.setdefault(word, self.values[near])
        self.unknown = unknown

    def word(self, value: Any) -> str:
        unknown = self.unknown or _CAUTIOUS.get(self.name, "open")
        return self.words.get(self.stored(value), unknown)

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Write nothing where the value reads as that word already: values may share a word."""
        now = self.stored(self.path.read(obj))
        if self.words.get(now) == value or (value in self.values and self.values[value] == now):
            return set()
        column = next(self.path.hops(), None)
        if value not in self.values or column is None or len(self.path.names) > 2:
            return super().write(obj, value, context)
        stored = self.values[value]
        if len(self.path.names) == 1:
            return assign(obj, column, stored)  # type: ignore[arg-type]  # a column, by problems()
        rows = rows_of(column.related_model)  # type: ignore[arg-type]  # a foreign key
        row = rows.filter(**{self.path.names[1]: stored}).order_by("pk").first()
        if row is None:  # somebody has emptied that table
            return super().write(obj, value, context)
        return assign(obj, column, row)  # type: ignore[arg-type]

    def problems(self) -> Iterator[str]:
        """Yield also each choice of the column that has no word."""
        yield from super().problems()
        column = self.path.column
        for value, label in getattr(column, "flatchoices", ()) or ():
            if value not in self.words:
                yield f"{self.path.dotted!r} may be {value!r} ({label}): there is no word for it"


class Flag(OverPath):
    """Visibility by a column of yes or no; `private` says which of the two means private."""

    def __init__(self, dotted: str, *, private: bool) -> None:
        super().__init__(dotted)
        self.private = private

    def word(self, value: Any) -> str:
        value = self.stored(value)
        return "private" if value is None or bool(value) is self.private else "public"

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        return self.path.write(obj, self.private is (value == "private"), context)


class Json(OverPath):
    """Attributes in a JSON column. What Fin writes is merged into it, and null removes a key."""

    def word(self, value: Any) -> dict[str, Any]:
        return dict(value) if isinstance(value, dict) else {}

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        return self.path.write(obj, merged(self.read(obj), value), context)


class Mapped(Field):
    """Attributes by a path for each key. Other keys that Fin writes are kept in our own table."""

    def __init__(self, dotted: Mapping[str, str]) -> None:
        self.by_key = {key: Path(path) for key, path in dotted.items()}

    def bind(self, part: Owner, name: str) -> Self:
        bound = super().bind(part, name)
        bound.by_key = {key: path.on(part.model_class) for key, path in self.by_key.items()}
        return bound

    def paths(self) -> Sequence[Path]:
        return tuple(self.by_key.values())

    def read(self, obj: Any) -> dict[str, Any]:
        return {
            key: attempt(self.part, obj, f"{self.name}[{key!r}]", path.read, obj)
            for key, path in self.by_key.items()
        }

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Write the keys whose path is a column of the object; null empties the column."""
        changed: set[str] = set()
        for key in self._columns() & set(value):
            changed |= self.by_key[key].write(obj, value[key], context)
        return changed

    def leftover(self, value: Any) -> Any | None:
        return {key: change for key, change in value.items() if key not in self._columns()} or None

    def _columns(self) -> set[str]:
        return {key for key, path in self.by_key.items() if path.column is not None}


def as_field(spec: Any, word: str) -> Field:
    """Return the descriptor that is meant by what the class of a part says of a word.

    A text is a path, a dict is `Mapped`, and any other value is a `Const`.
    """
    if isinstance(spec, Field):
        return spec
    if isinstance(spec, str):
        return Json(spec) if word == "attributes" else Path(spec)
    return Mapped(spec) if isinstance(spec, dict) else Const(spec)
