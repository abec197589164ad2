"""What went wrong, as Fin and as the operators are told it."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError
from rest_framework.exceptions import NotAcceptable, ValidationError

from fin_bridge.api.wire.problems import Problem, problem_of, refuse
from fin_bridge.exceptions import NotFoundError, RefusedError


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (refuse(413, "Too much."), 413, "Too much."),
        (NotFoundError("No such thing."), 404, "No such thing."),
        (RefusedError("Not like that."), 400, "Not like that."),
        (DataError("x"), 400, "The helpdesk cannot store one of these values."),
        (IntegrityError("x"), 400, "The helpdesk cannot store one of these values."),
        (NotAcceptable("Not that."), 406, "Not that."),
        (ValidationError("No."), 400, "No."),
        (ValidationError({"a": ["No.", "Never."]}), 400, "a: No. a: Never."),
        (
            ValidationError({"a": {"b": ["No."], "non_field_errors": ["Nor that."]}, "c": "No."}),
            400,
            "a.b: No. a: Nor that. c: No.",
        ),
        (ValidationError({"a": [{}, {"b": ["No."]}]}), 400, "a.b: No."),
        (ValidationError({"a": ['"\ud800" is none.']}), 400, 'a: "\ufffd" is none.'),
        (ZeroDivisionError("a secret"), 500, "The helpdesk could not do this."),
    ],
)
def test_each_error_is_a_problem(error: Exception, status: int, detail: str) -> None:
    problem = problem_of(error)
    assert (problem.status, problem.detail) == (status, detail)


def test_the_operators_are_told_more() -> None:
    assert problem_of(ZeroDivisionError("why")).reason == "ZeroDivisionError: why"


def test_a_problem_is_told_as_rfc_7807_has_it() -> None:
    assert Problem(404, "").as_json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Not Found",
    }
