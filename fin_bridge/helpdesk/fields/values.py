"""The descriptors of single values; texts are in `bodies`, other tables' rows in `related`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

from django.core.exceptions import ValidationError

from ...database.orm import rows_of
from ..writing.kept_values import merged
from .path import Field, Path, assign

if TYPE_CHECKING:
    from ..parts.part import Context, Part

_NEAREST: Final[Mapping[str, tuple[str, ...]]] = {
    "resolved": ("closed", "ended"),
    "closed": ("resolved", "ended"),
    "ended": ("closed", "resolved"),
}
"""What says almost the same, for helpdesks that have fewer words for "finished" than Fin."""

_CAUTIOUS: Final = {"visibility": "private"}
"""What a value without a word is taken for: nobody is shown by mistake what was for colleagues,
and a conversation of any unknown status is better open than lost."""


class Const(Field):
    """Always the same value; what Fin writes instead has no place in the helpdesk."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def read(self, obj: Any) -> Any:
        """The value."""
        return self.value


class OverPath(Field):
    """A descriptor that reads one path and makes something of it."""

    def __init__(self, dotted: str) -> None:
        self.path = Path(dotted)

    def bind(self, part: Part, name: str) -> Self:
        """The path is bound with it."""
        bound = super().bind(part, name)
        bound.path = self.path.bind(part, name)
        return bound

    def paths(self) -> Sequence[Path]:
        """The one path."""
        return (self.path,)

    def read(self, obj: Any) -> Any:
        """What is made of what stands there."""
        return self.word(self.path.read(obj))

    def word(self, value: Any) -> Any:
        """What is made of a value, without its object: columns may be read without one."""
        return value

    def stored(self, value: Any) -> Any:
        """A value as the database has it: an object not saved yet may carry its spelling."""
        column = self.path.column
        if column is None or not isinstance(value, str):
            return value
        try:
            return column.to_python(value)
        except ValidationError:
            return value


class Choice(OverPath):
    """A word of Fin's for each of the helpdesk's values.

    The path may lead into a table of such values (`status.slug`): then writing looks the row up,
    and never changes it. `write` says which value stands for each word of Fin's; without it the
    first value that reads so does, and for a word that none reads as, the one that is nearest.
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
        """Fin's word; for a value without one `unknown`."""
        unknown = self.unknown or _CAUTIOUS.get(self.name, "open")
        return self.words.get(self.stored(value), unknown)

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Nothing where it reads as that word already: several values may share one."""
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
        """Besides the path: declared choices without a word."""
        yield from super().problems()
        column = self.path.column
        for value, label in getattr(column, "flatchoices", ()) or ():
            if value not in self.words:
                yield f"{self.path.dotted!r} may be {value!r} ({label}): there is no word for it"


class Flag(OverPath):
    """Visibility by a yes or no: `private` says which of them is private."""

    def __init__(self, dotted: str, *, private: bool) -> None:
        super().__init__(dotted)
        self.private = private

    def word(self, value: Any) -> str:
        """Unknown is private."""
        value = self.stored(value)
        return "private" if value is None or bool(value) is self.private else "public"

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """The yes or no that reads as that visibility."""
        return self.path.write(obj, self.private is (value == "private"), context)


class Json(OverPath):
    """Attributes: a JSON column; what Fin writes is merged into it, and null removes a key."""

    def word(self, value: Any) -> dict[str, Any]:
        """All of it; nothing where it is no object."""
        return dict(value) if isinstance(value, dict) else {}

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Merged with what is there."""
        return self.path.write(obj, merged(self.read(obj), value), context)


class Mapped(Field):
    """Attributes: a path for each key; what Fin writes beside them is kept by us."""

    def __init__(self, dotted: Mapping[str, str]) -> None:
        self.by_key = {key: Path(path) for key, path in dotted.items()}

    def bind(self, part: Part, name: str) -> Self:
        """Each path is bound with it."""
        bound = super().bind(part, name)
        bound.by_key = {key: path.bind(part, name) for key, path in self.by_key.items()}
        return bound

    def paths(self) -> Sequence[Path]:
        """One a key."""
        return tuple(self.by_key.values())

    def read(self, obj: Any) -> dict[str, Any]:
        """All of its keys."""
        return {key: path.read(obj) for key, path in self.by_key.items()}

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Those of the changes whose key is a column of the object; null empties it."""
        changed: set[str] = set()
        for key in self._columns() & set(value):
            changed |= self.by_key[key].write(obj, value[key], context)
        return changed

    def leftover(self, value: Any) -> Any | None:
        """The changes of all other keys."""
        return {key: change for key, change in value.items() if key not in self._columns()} or None

    def _columns(self) -> set[str]:
        return {key for key, path in self.by_key.items() if path.column is not None}
