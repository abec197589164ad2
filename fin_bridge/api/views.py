"""The view of Fin's operations: authenticate, read the input, run the operation, answer, log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import IO, Any

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from ..database import clock
from ..models import database
from . import call_log
from .operations.call import Call
from .operations.registry import Operation
from .operations.repair import mended
from .trust.authentication import authenticate
from .wire import responses
from .wire.parsers import check_sizes, parse_body, parse_query, query_string, read_body
from .wire.problems import Problem, ProblemError, problem_of, refuse
from .wire.response_bodies import Rest

logger = logging.getLogger("fin_bridge")


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(login_not_required, name="dispatch")
class OperationView(View):
    """Answer the operations of one path, by method, in one dialect.

    No setting that the host has made for Django REST framework applies here.
    """

    dialect: Rest = Rest()
    operations: Mapping[str, Operation] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with what the operation gives or with a problem, and log either."""
        entry = call_log.Entry(f"{request.method} {request.path}")
        try:
            return self._respond(request, entry)
        except Exception as error:  # noqa: BLE001  # `problem_of` logs what nobody foresaw
            problem = problem_of(error)
            entry.status, entry.detail = problem.status, problem.reason or problem.detail
            call_log.note(entry)
            return responses.failure(self.dialect, problem)

    def _respond(self, request: HttpRequest, entry: call_log.Entry) -> HttpResponseBase:
        operation = self._operation(request)
        entry.operation = operation.name
        body = b"" if request.method == "GET" else read_body(request)
        began = clock.now(database())
        integration = authenticate(request, body, began)  # before anything of the body is parsed
        entry.integration = integration.name
        call = Call(integration, began, entry)
        answer = _run(operation, call, _validated(operation, request, body))
        content = responses.written(self.dialect, answer)
        entry.status = operation.status
        return _ended(call, content)

    def _operation(self, request: HttpRequest) -> Operation:
        operation = self.operations.get(str(request.method).lower())
        if operation is None:
            detail = f"The method {request.method} is not for this address."[:100]
            allowed = ", ".join(self.operations).upper()
            raise ProblemError(Problem(405, detail, headers={"Allow": allowed}))
        return operation


def _validated(operation: Operation, request: HttpRequest, body: bytes) -> Any:
    serializer = operation.input(data=_input(operation, request, body))
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def _input(operation: Operation, request: HttpRequest, body: bytes) -> Mapping[str, Any]:
    if request.method == "GET":
        try:
            return parse_query(query_string(request))
        except ValueError as error:
            raise refuse(400, str(error)) from None
    data = parse_body(body, request)
    if operation.repairs:
        data = mended(data)
    check_sizes(data)
    return data


def _run(operation: Operation, call: Call, validated: Any) -> Any:
    """Run the operation, a second time where the database broke off the first."""
    try:
        return operation.run(call, validated)
    except OperationalError:
        logger.warning("%s is done once more.", operation.name, exc_info=True)
        connections[database()].close_if_unusable_or_obsolete()
        return operation.run(call, validated)


def _ended(call: Call, content: IO[bytes]) -> HttpResponseBase:
    """Stamp and log a call whose answer is written, and respond with that answer."""
    try:
        if call.stamp is None:
            call_log.note(call.entry)
        else:
            _stamp_and_log(call.stamp, call.entry)
        return responses.success(call.entry.status, content)
    except BaseException:
        content.close()
        raise


def _stamp_and_log(stamp: Callable[[], None], entry: call_log.Entry) -> None:
    """Stamp and log in one transaction, for each commit waits for the disk.

    Where that fails, each is tried by itself: a log that is full is no reason not to stamp.
    """
    try:
        with transaction.atomic(using=database()):
            stamp()
            call_log.write(entry)
    except Exception:
        logger.warning("A call is stamped and noted apart.", exc_info=True)
        stamp()
        call_log.note(entry)


@csrf_exempt
@login_not_required
def nothing(request: HttpRequest) -> HttpResponse:
    """Answer 404 at all other addresses below Fin's, in JSON and without a redirect."""
    return responses.failure(Rest(), Problem(404, "There is nothing at this address."))
