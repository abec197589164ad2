"""Problems of RFC 7807, with which each failure of a call is answered; never a page of HTML."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.db import DataError, IntegrityError
from rest_framework.exceptions import APIException, ValidationError

from ...exceptions import NotFoundError, RefusedError
from .fields import UNSTORABLE

logger = logging.getLogger("fin_bridge")


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: `detail` is for Fin, `reason` for the log where Fin may not hear all of it."""

    status: int
    detail: str
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the members of RFC 7807, with "about:blank": the status says all of the type."""
        title = HTTPStatus(self.status).phrase
        return {
            "type": "about:blank",
            "title": title,
            "status": self.status,
            "detail": self.detail or title,
        }


class ProblemError(Exception):
    """This error ends a call with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason or problem.detail)
        self.problem = problem


def refuse(status: int, detail: str) -> ProblemError:
    """Return the error of a call that is refused for a reason that Fin may hear."""
    return ProblemError(Problem(status, detail))


def problem_of(error: Exception) -> Problem:
    """Return the problem of any error; only an error that nobody foresaw is a 500, and logged."""
    match error:
        case ProblemError():
            return error.problem
        case NotFoundError():
            return Problem(404, str(error))
        case RefusedError():
            return Problem(400, str(error))
        case ValidationError():
            return Problem(400, " ".join(_sentences(error.detail)))
        case APIException():
            return Problem(error.status_code, str(error.detail))
        case DataError() | IntegrityError():
            logger.warning(
                "The helpdesk's database did not take a value of Fin's.", exc_info=error
            )
            return Problem(400, "The helpdesk cannot store one of these values.")
    logger.error("A call of Fin's failed.", exc_info=error)
    return Problem(
        500, "The helpdesk could not do this.", reason=f"{type(error).__name__}: {error}"
    )


def _sentences(detail: Any, where: str = "") -> Iterator[str]:
    """Yield each complaint of a serializer after the path of its field."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            name = "" if key == "non_field_errors" else f"{where}.{key}" if where else str(key)
            yield from _sentences(inner, name or where)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _sentences(inner, where)
    else:
        said = UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", str(detail))  # some repeat the value
        yield f"{where}: {said}" if where else said
