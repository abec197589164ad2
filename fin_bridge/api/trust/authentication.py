"""Authentication of an integration of Fin's, by its token, its signature, or both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django import apps
from django.db import router
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from ...conf import conf
from ...integrations import Integration
from ...signing import matches
from ..wire.parsers import query_string
from ..wire.problems import Problem, ProblemError
from .signatures import is_recent, is_signed, query_forms

_BEARER: Final = re.compile(r"bearer +([A-Za-z0-9._~+/-]{1,4096}=*)", re.IGNORECASE)


@sensitive_variables()
def authenticate(request: HttpRequest, body: bytes, now: datetime) -> Integration:
    """Return the integration that calls, by all credentials in `FIN_BRIDGE_CREDENTIALS`.

    `now` is the database's time. Raise `ProblemError`, a 401 that is alike for whatever is wrong;
    its reason is for the log alone.
    """
    given = str(request.META.get("HTTP_AUTHORIZATION", ""))
    candidates = list(conf.integrations.values())
    required = conf.credentials
    if not set(required) & {"token", "signature"}:
        raise _unauthorized(given, "FIN_BRIDGE_CREDENTIALS asks for nothing, so nobody may enter.")
    if "token" in required:
        candidates = [_by_token(given, candidates)]
    if "signature" in required:
        candidates = [_by_signature(request, body, now, candidates, given)]
    return candidates[0]


@sensitive_variables()
def _by_token(given: str, integrations: Iterable[Integration]) -> Integration:
    if not given:
        raise _unauthorized(given, "There is no token.")
    found = _BEARER.fullmatch(given)
    if found is None:
        raise _unauthorized(given, "The header Authorization holds no bearer token.")
    digest = hashlib.sha256(found[1].encode()).hexdigest()
    # Each is compared, so that the time tells nothing about which one it was.
    holders = [integration for integration in integrations if _has_token(integration, digest)]
    if holders:
        return holders[0]
    client_id = _client_of(digest)
    for integration in integrations:
        if client_id in integration.client_ids:
            return integration
    reason = "is unknown or has expired" if client_id is None else "is another client's"
    raise _unauthorized(given, f"The token {reason}.")


@sensitive_variables()
def _has_token(integration: Integration, digest: str) -> bool:
    verdicts = [matches(token.lower(), digest) for token in integration.tokens]
    return any(verdicts)


def _client_of(digest: str) -> str | None:
    """Return the id of the OAuth client that a valid token was given to.

    Its scopes do not count: any other client of the host's gets them for the asking.
    """
    if not apps.apps.is_installed("oauth2_provider"):
        return None
    from oauth2_provider.models import get_access_token_model

    model = get_access_token_model()
    using, key = router.db_for_write(model), model._meta.pk.attname
    tokens = model._base_manager.using(using).order_by().filter(token_checksum=digest)
    for *columns, client_id in tokens.values_list(key, "expires", "application__client_id")[:1]:
        # A model of the host's own may look at more: that is loaded when it does.
        token = model.from_db(using, [key, "expires"], columns)
        return None if token.is_expired() else client_id
    return None


@sensitive_variables()
def _by_signature(
    request: HttpRequest,
    body: bytes,
    now: datetime,
    integrations: Iterable[Integration],
    given: str,
) -> Integration:
    timestamp = str(request.META.get("HTTP_X_FIN_REQUEST_TIMESTAMP", ""))
    signature = str(request.META.get("HTTP_X_FIN_SIGNATURE", ""))
    if not timestamp or not signature:
        raise _unauthorized(given, "There is no signature.")
    if not is_recent(timestamp, now):
        raise _unauthorized(given, "The signature's timestamp is no recent one.")
    contents = query_forms(query_string(request)) if request.method == "GET" else [body]
    for integration in integrations:
        if is_signed(integration.signing_keys, timestamp, signature, contents):
            return integration
    raise _unauthorized(given, "The signature is wrong.")


def _unauthorized(given: str, reason: str) -> ProblemError:
    # RFC 6750, section 3.1: a caller who has shown no token at all is told no error.
    challenge = 'Bearer error="invalid_token"' if given else "Bearer"
    return ProblemError(
        Problem(
            401,
            "These credentials do not open this door.",
            reason,
            {"WWW-Authenticate": challenge},
        )
    )
