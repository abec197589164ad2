"""Requests that schemathesis makes up from both dialects' OpenAPI, signed, over real sockets.

Not part of the suite: `make fuzz`, with the number of cases for each dialect in FUZZ_CASES.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
import yaml
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from schemathesis import GenerationMode
from schemathesis import checks as checks_of

from fin_bridge.testing import Dialect, check_answer, sign_request
from fin_bridge.testing.contract import Document
from helpdesk_demo.models import Customer, Ticket
from tests.support.fin_caller import DIALECTS, SIGNING_KEY, TOKEN, let_in
from tests.support.world import make_ticket

pytestmark = pytest.mark.django_db(transaction=True)

CASES = int(os.environ.get("FUZZ_CASES") or 1800)
"""For each dialect, shared by its nine operations."""

HANGS = 20
"""Seconds after which an answer is none."""

thorough = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))

CHECKS = [
    checks_of.not_a_server_error,
    checks_of.content_type_conformance,
    checks_of.response_schema_conformance,
    checks_of.status_code_conformance,
]


def schema(dialect: Dialect) -> Any:
    text = (files("fin_bridge.testing.contract") / f"{dialect}.openapi.yaml").read_text()
    return schemathesis.openapi.from_dict(yaml.safe_load(text))


def operations() -> Iterator[Any]:
    for dialect in DIALECTS:
        names = {
            (one.method, one.path): one.name for one in Document.load(dialect).operations.values()
        }
        for found in schema(dialect).get_all_operations():
            operation = found.ok()
            name = names[operation.method.upper(), operation.path]
            yield pytest.param(dialect, name, operation, id=f"{dialect}-{name}")


def known(value: Any, ids: dict[str, str]) -> Any:
    """With ids of objects that there are, wherever one is named."""
    if isinstance(value, list):
        return [known(inner, ids) for inner in value]
    if not isinstance(value, dict):
        return value
    kind = ids["agent"] if value.get("user_type") == "agent" else ids["user_id"]
    return {
        key: ids.get(key, kind)
        if key in {"conversation_id", "user_id", "assignee_id"}
        else kind
        if key == "id" and isinstance(inner, str)
        else known(inner, ids)
        for key, inner in value.items()
    }


@pytest.fixture
def ids(settings: Settings, ticket: Ticket, sarah: User, customer: Customer) -> dict[str, str]:
    let_in(settings)
    make_ticket(customer)
    return {
        "conversation_id": str(ticket.pk),
        "user_id": str(customer.pk),
        "assignee_id": str(sarah.pk),
        "agent": str(sarah.pk),
    }


@pytest.mark.parametrize(("dialect", "name", "operation"), list(operations()))
def test_whatever_is_sent_is_answered_as_the_contract_says(
    dialect: Dialect,
    name: str,
    operation: Any,
    ids: dict[str, str],
    live_server: LiveServer,
) -> None:
    session = requests.Session()
    statuses: Counter[int] = Counter()
    cases: SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if name != "get_agents":  # there is nothing in it that could be wrong
        cases |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    def fuzz(case: Any) -> None:
        """Twice, since it takes longer to make one up than to answer it."""
        send(case)
        drawn = case.body, case.query
        case.body, case.query = known(case.body, ids), known(case.query, ids)
        if drawn != (case.body, case.query):
            send(case)

    def send(case: Any) -> None:
        request = signed(case, live_server.url)
        response = session.send(request, timeout=HANGS, allow_redirects=False)
        statuses[response.status_code] += 1
        assert "html" not in response.headers["Content-Type"]
        # A repeated parameter has no form that could be signed.
        assert response.status_code != 401 or request.method == "GET", response.text
        case.validate_response(response, checks=CHECKS)
        verdict = check_answer(
            dialect,
            name,
            status=response.status_code,
            content_type=response.headers["Content-Type"],
            body=response.content,
        )
        assert verdict.problems == []

    with session:
        while (left := CASES / 9 - statuses.total()) > 0:
            run: Callable[[], None] = given(cases)(fuzz)
            settings(thorough, max_examples=math.ceil(left / 2))(run)()
    sys.stdout.write(f"{dialect} {name}: {dict(sorted(statuses.items()))}\n")


def signed(case: Any, base: str) -> requests.PreparedRequest:
    """As the contract has Fin sign it: over what is really sent."""
    options = case.as_transport_kwargs(base_url=f"{base}/api/fin")
    given = requests.Request(**options).prepare()
    body = given.body if isinstance(given.body, bytes) else (given.body or "").encode()
    given.headers.update(
        sign_request(
            SIGNING_KEY, str(given.method), urlsplit(str(given.url)).query, body, int(time.time())
        )
    )
    given.headers["Authorization"] = f"Bearer {TOKEN}"
    return given
