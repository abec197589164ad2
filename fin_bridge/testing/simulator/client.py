"""The helpdesk as Fin sees it: nine operations, signed, authenticated, checked."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests

from ..contract import Dialect, Verdict, check_answer, echo_problems
from ..contract.requests import spell
from ..signing import sign_request
from .journal import Call, Journal, now
from .tokens import TokenError, Tokens
from .transport import UnreachableError, send

_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class CallError(Exception):
    """Raised where an operation did not succeed; `status` is None if no answer came."""

    def __init__(self, operation: str, status: int | None, why: str) -> None:
        super().__init__(f"{operation}: {why}")
        self.operation = operation
        self.status = status


class HelpdeskClient:
    """Calls a helpdesk as Fin does, and notes whatever is wrong with its answers."""

    def __init__(
        self,
        url: str,
        dialect: Dialect,
        tokens: Tokens,
        signing_key: str,
        journal: Journal,
        timeout: float,
    ) -> None:
        self.dialect = dialect
        self._url = url.rstrip("/")
        self._tokens = tokens
        self._signing_key = signing_key
        self._journal = journal
        self._timeout = timeout

    def call(self, operation: str, values: Mapping[str, Any] | None = None) -> Any:
        """Return what the helpdesk answers, without the envelope.

        On 401 or 403 a new token is fetched and the request repeated, once (contract, "Trust").
        Raises CallError.
        """
        values = values or {}
        try:
            token = self._tokens.current()
            verdict = self._exchange(operation, values, token)
            if verdict.status in _REFUSED and (another := self._tokens.refresh(token)):
                verdict = self._exchange(operation, values, another)
        except TokenError as error:
            self._journal.add_violation("token", str(error))
            raise CallError(operation, None, str(error)) from error
        if not (verdict.is_success and verdict.is_usable):
            raise CallError(operation, verdict.status, _reason(verdict))
        return verdict.data

    def _exchange(self, operation: str, values: Mapping[str, Any], token: str) -> Verdict:
        at, started = now(), time.monotonic()
        try:
            answer = send(self._request(operation, values, token), self._timeout)
        except UnreachableError as error:
            seconds = time.monotonic() - started
            self._journal.add_call(Call(at, operation, values, None, seconds, error=str(error)))
            raise CallError(operation, None, str(error)) from error
        seconds = time.monotonic() - started
        verdict = self._judge(operation, values, answer)
        problems = tuple(verdict.problems)
        self._journal.add_call(Call(at, operation, values, verdict.status, seconds, problems))
        return verdict

    def _request(self, operation: str, values: Mapping[str, Any], token: str) -> requests.Request:
        wire = spell(self.dialect, operation, values)
        signature = sign_request(
            self._signing_key, wire.method, wire.query_string, wire.body, int(time.time())
        )
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", **signature}
        if wire.body:
            headers["Content-Type"] = "application/json"
        query = f"?{wire.query_string}" if wire.query_string else ""
        url = f"{self._url}{wire.path}{query}"
        return requests.Request(wire.method, url, headers=headers, data=wire.body)

    def _judge(
        self, operation: str, values: Mapping[str, Any], answer: requests.Response
    ) -> Verdict:
        verdict = check_answer(
            self.dialect,
            operation,
            status=answer.status_code,
            content_type=answer.headers.get("Content-Type", ""),
            body=answer.content,
        )
        if verdict.is_success and verdict.is_usable:
            verdict.problems += echo_problems(operation, values, verdict.data)
        return verdict


def _reason(verdict: Verdict) -> str:
    if not verdict.is_usable:
        return f"{verdict.status}, {'; '.join(verdict.problems)}"
    return f"{verdict.status} {verdict.data['title']}: {verdict.data.get('detail', '')}"
