"""One view for all operations: who calls, what is asked, what is answered, what is noted."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from ..database import clock
from ..models import database
from . import call_log
from .operations import Operation
from .operations.call import Call
from .operations.repair import mended
from .trust.authentication import authenticate
from .wire import responses
from .wire.parsers import check_sizes, parse_body, parse_query, query_string, read_body
from .wire.problems import Problem, problem_of, refuse
from .wire.response_bodies import Rest

logger = logging.getLogger("fin_bridge")


class OperationView(APIView):
    """The operations of one path, by method.

    Nothing that the host sets for Django REST framework applies here, and its own steps are not
    taken: the raw body is needed before it is parsed, and Fin's answers are in no other format.
    """

    dialect: Rest = Rest()
    operations: Mapping[str, Operation] = {}
    call: Call | None = None
    body: bytes = b""
    problem: Problem | None = None
    started: float = 0
    noted = False

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = ()
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = DefaultContentNegotiation
    versioning_class = None
    metadata_class = None
    schema = None
    http_method_names = ["get", "put", "post"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """One handler for each method that has an operation."""
        for method, operation in self.operations.items():
            setattr(self, method, partial(self.operate, operation))
        super().setup(request, *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and note it whatever came of it."""
        self.started = time.monotonic()
        response = super().dispatch(request, *args, **kwargs)
        if not self.noted:
            call_log.note(*self._about(request, response.status_code))
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who calls; nothing of the body is looked into before that is known."""
        if str(request.method).lower() not in self.operations:
            raise refuse(405, f"The method {request.method} is not for this address."[:100])
        http = request._request
        self.body = b"" if http.method == "GET" else read_body(http)
        began = clock.now(database())
        self.call = Call(authenticate(http, self.body, began), began)

    def operate(self, operation: Operation, request: Request) -> HttpResponseBase:
        """Do what is asked, once more where the database asks for that."""
        assert self.call is not None
        serializer = operation.input(data=self._input(operation, request._request))
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        self.call.end = partial(self._end, request._request, operation.status)
        try:
            answer = operation.run(self.call, asked)
        except OperationalError:
            logger.warning("%s is done once more.", operation.name, exc_info=True)
            connections[database()].close_if_unusable_or_obsolete()
            answer = operation.run(self.call, asked)
        return responses.success(self.dialect, operation.status, answer)

    def _end(self, http: HttpRequest, status: int, stamp: Callable[[], None]) -> None:
        """Stamp and note in one transaction, for each commit waits for the disk.

        Where that fails, each for itself: nothing about the log is a reason not to stamp.
        """
        try:
            with transaction.atomic(using=database()):
                stamp()
                call_log.write(*self._about(http, status))
            self.noted = True
        except Exception:
            logger.warning("A call is stamped and noted apart.", exc_info=True)
            stamp()

    def _input(self, operation: Operation, http: HttpRequest) -> Mapping[str, Any]:
        if http.method == "GET":
            try:
                return parse_query(query_string(http))
            except ValueError as error:
                raise refuse(400, str(error)) from None
        data = parse_body(self.body, http)
        if operation.repairs:
            data = mended(data)
        check_sizes(data)
        return data

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]  # the stubs know DRF's own alone
        """A problem in the dialect's form."""
        self.problem, self.noted = problem_of(exc), False
        return responses.failure(self.dialect, self.problem)

    def _about(self, request: HttpRequest, status: int) -> tuple[str, str, str, int, float, str]:
        """What the log is to say."""
        operation = self.operations.get(str(request.method).lower())
        call, problem = self.call, self.problem
        return (
            operation.name if operation else f"{request.method} {request.path}",
            call.integration.name if call else "",
            call.conversation_id if call else "",
            status,
            time.monotonic() - self.started,
            (problem.reason or problem.detail) if problem else call.remark if call else "",
        )


@csrf_exempt
@login_not_required
def nothing(request: HttpRequest) -> HttpResponse:
    """For every other address below ours: no page of HTML, and no redirect that loses a body."""
    return responses.failure(Rest(), Problem(404, "There is nothing at this address."))
