"""Calls Fin's operations within one process, and holds every answer to the contract."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from ..api.operations.call import Call
from ..api.operations.registry import POSTS_ONLY
from ..api.wire import responses
from ..api.wire.problems import problem_of
from ..api.wire.response_bodies import PostsOnly
from ..conf import conf
from ..database import clock
from ..models import database
from .contract import Verdict, check_answer


def ask(operation: str, /, **values: Any) -> Any:
    """Call an operation and return its data; an answer without success fails an assertion."""
    verdict = call(operation, **values)
    assert verdict.is_success, f"{operation} was answered {verdict.status}: {verdict.data}"
    return verdict.data


def refused(operation: str, /, **values: Any) -> int:
    """Call an operation and return the status of its answer."""
    return call(operation, **values).status


def call(operation: str, /, **values: Any) -> Verdict:
    """Call an operation in the POST-only dialect and return how its answer is judged.

    An answer that breaks the contract fails an assertion; an exception that would be a 500 is
    raised.
    """
    dialect, wanted = PostsOnly(), POSTS_ONLY[operation]
    integration = next(iter(conf.integrations.values()))
    try:
        serializer = wanted.input(data=values)
        serializer.is_valid(raise_exception=True)
        asked = Call(integration, clock.now(database()))
        file = responses.written(dialect, wanted.run(asked, serializer.validated_data))
        if asked.stamp is not None:
            asked.stamp()
        response = responses.success(wanted.status, file)
    except Exception as error:
        problem = problem_of(error)
        if problem.status >= 500:
            raise
        response = responses.failure(dialect, problem)
    content = response.content if isinstance(response, HttpResponse) else response.getvalue()
    verdict = check_answer(
        "posts_only",
        operation,
        status=response.status_code,
        content_type=response.headers["Content-Type"],
        body=content,
    )
    assert verdict.problems == [], f"{operation}: {verdict.problems}"
    return verdict
