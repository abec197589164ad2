"""The endpoint that helpdesks notify: POST /custom_helpdesk_conversation_event/{id}."""

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from ..contract import event_problems, key_problems
from ..signing import is_same, signature_problem
from .journal import Journal, Post, now
from .server import Reply, Request

PATH = "/custom_helpdesk_conversation_event/"


class EventsEndpoint:
    """Answers events as the contract says, and hands on those that it has accepted.

    A missing or wrong signature is a violation but no reason to refuse: Fin itself looks at the
    key alone.
    """

    def __init__(
        self,
        integration_id: str,
        keys: Sequence[str],
        journal: Journal,
        on_event: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self._integration_id, self._keys = integration_id, keys
        self._journal, self._on_event = journal, on_event
        self._prepared: deque[Reply] = deque()

    def answer_with(self, reply: Reply, times: int) -> None:
        """Give this answer to the next posts, whatever they are, and do nothing else."""
        self._prepared.extend([reply] * times)

    def respond(self, request: Request) -> Reply:
        """Judge one POST, note it, and only then let it have effect."""
        at = now()
        payload = _parsed(request.body)
        prepared = self._next_prepared()
        status, problem = self._judge(request, payload)
        reply = prepared or Reply(status)
        self._journal.add_post(
            Post(
                at=at,
                integration_id=request.path.removeprefix(PATH),
                headers=request.headers,
                body=request.body,
                status=reply.status,
                payload=payload,
                problem=problem,
            )
        )
        if problem:
            self._journal.add_violation("event", problem)
        elif prepared is None:
            self._check_form(request, payload)
            self._on_event(payload)
        return reply

    def _judge(self, request: Request, payload: Any) -> tuple[HTTPStatus, str]:
        if request.path.removeprefix(PATH) != self._integration_id:
            return HTTPStatus.NOT_FOUND, "the integration id is unknown"
        if self._key(request) is None:
            return HTTPStatus.UNAUTHORIZED, "X-Webhook-Key is missing or wrong"
        if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            return HTTPStatus.BAD_REQUEST, "the content type is not application/json"
        if payload is None:
            return HTTPStatus.BAD_REQUEST, "the body is no JSON"
        if problems := event_problems(payload):
            return HTTPStatus.BAD_REQUEST, "; ".join(problems)
        return HTTPStatus.NO_CONTENT, ""

    def _key(self, request: Request) -> str | None:
        given = request.headers.get("X-Webhook-Key", "")
        return next((key for key in self._keys if is_same(key, given)), None)

    def _check_form(self, request: Request, payload: Any) -> None:
        keys = [key for key in [self._key(request)] if key is not None]
        problem = signature_problem(request.headers, request.body, keys, time.time())
        for breach in [*([problem] if problem else []), *key_problems("rest", payload)]:
            self._journal.add_violation("event", breach)

    def _next_prepared(self) -> Reply | None:
        try:
            return self._prepared.popleft()
        except IndexError:
            return None


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
