"""Writing values of Fin's so that one which the helpdesk does not take costs itself alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError

from ...exceptions import RefusedError
from ...helpdesk import Context, Part
from ...helpdesk.writing.saving import savepoint

logger = logging.getLogger("fin_bridge")


@dataclass(frozen=True, slots=True)
class Written:
    """The outcome for some values: `refused` names each that was not taken, with the reason."""

    obj: Any
    stands: bool = True
    refused: tuple[str, ...] = ()


def put_each(part: Part, obj: Any, values: Mapping[str, Any], context: Context) -> Written:
    """Write values by word, all at once or, where the helpdesk refuses that, each by itself."""
    try:
        with savepoint():
            return Written(obj, part.put(obj, values, context))
    except OperationalError:  # the operation is done once more
        raise
    except Exception as error:  # noqa: BLE001  # code of the host's may raise anything
        again = part.get(part.id_of(obj), lock=True)  # what was set on the object is not written
        pieces = list(_pieces(values))
        if len(pieces) == 1:
            return Written(again, refused=(_refusal(*pieces[0], error),))
    written = Written(again)
    for _, piece in pieces:
        latest = put_each(part, written.obj, piece, context)
        stands = written.stands and latest.stands
        written = Written(latest.obj, stands, written.refused + latest.refused)
    return written


def _pieces(values: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each value by itself with its name, and each attribute."""
    for word, value in values.items():
        if word == "attributes":
            for key, inner in value.items():
                yield f"attribute {key}", {word: {key: inner}}
        else:
            yield word, {word: value}


def _refusal(name: str, _: Mapping[str, Any], error: Exception) -> str:
    if not isinstance(error, RefusedError):
        logger.error("The helpdesk failed at a value of Fin's: %s.", name, exc_info=error)
    return f"{name} ({error})"
