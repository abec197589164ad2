"""The token endpoint: OAuth 2.0 client credentials (RFC 6749, section 4.4) for Fin's clients only.

The endpoint of django-oauth-toolkit serves every client and grant of the host's, and answers some
bytes with 500 on some databases. So a request is checked here first, and only then passed on.
"""

from __future__ import annotations

import base64
import json
import logging
import re
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from django.contrib.auth.decorators import login_not_required
from django.db import router
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from oauth2_provider.models import get_access_token_model, get_application_model
from oauth2_provider.views import TokenView as ToolkitTokenView

from ...conf import conf
from ...database import clock
from ...models import database
from .. import call_log
from ..wire.parsers import query_string, read_body
from ..wire.problems import ProblemError
from .client_secrets import SecretCheck, TooManyError

logger = logging.getLogger("fin_bridge")

GRANT: Final = "client_credentials"
WRONG: Final = "The client is unknown, or its secret is wrong."
_FORM: Final = "application/x-www-form-urlencoded"
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]{1,255}")

_HINTS: Final = {
    "unauthorized_client": "The client's authorization grant type must be client-credentials",
    "invalid_scope": "The scope is none of OAUTH2_PROVIDER['SCOPES']",
}

MOST_TOKENS: Final = 1000
"""A client has at most so many tokens at once: with each further one it loses the oldest."""

secret_check: Final = SecretCheck()


class OAuthError(Exception):
    """An error of RFC 6749, section 5.2: `code` is the RFC's, `reason` is for the log.

    `status` is 401 for `invalid_client` and 400 for all others, unless it is given.
    """

    def __init__(self, code: str, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.code = code
        self.status = status or (401 if code == "invalid_client" else 400)


# The toolkit's own exemptions are lost with its `dispatch`, which we override.
@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(login_not_required, name="dispatch")
class TokenView(ToolkitTokenView):  # type: ignore[misc]  # the package has no types
    """`POST oauth/token`, with a form of `grant_type`, `client_id` and `client_secret`.

    The client may authenticate by HTTP Basic instead. The answer is JSON as in RFC 6749, sections
    5.1 and 5.2, errors included; wrong secrets in too quick a succession are answered with 429.
    """

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        entry = call_log.Entry("token")
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        except OAuthError as error:
            response, entry.detail = _failure(error.code, error.status), str(error)
        except ProblemError as error:
            response = _failure("invalid_request", error.problem.status)
            entry.detail = str(error)
        except Exception:
            logger.exception("No token could be given.")
            response = _failure("server_error", 500)
        response["Cache-Control"], response["Pragma"] = "no-store", "no-cache"
        entry.status = response.status_code
        if entry.status != 200 and not entry.detail:
            entry.detail = _reason(response)
        call_log.note(entry)
        return response

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = _failure("invalid_request", 405)
        response["Allow"] = "POST"
        return response

    @method_decorator(sensitive_variables())  # error reports show what stands in them
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Only what was checked is passed on, in one form whichever way it came.
        form = _form(request)
        client_id, secret = _credentials(request, form)
        _check_client(client_id, secret)
        if form.get("grant_type") != GRANT:
            raise OAuthError("unsupported_grant_type", f"Only {GRANT} is granted.")
        checked = QueryDict(mutable=True)
        checked.update({"grant_type": GRANT, "client_id": client_id, "client_secret": secret})
        if form.get("scope"):
            checked["scope"] = form["scope"]
        request.POST = checked  # type: ignore[assignment]  # its setter takes any QueryDict
        request.META.pop("HTTP_AUTHORIZATION", None)
        response: HttpResponse = self.authorization_flow_token_response(request)
        if response.status_code == 200:
            _forget_tokens(client_id)
        return response


def _reason(response: Any) -> str:
    """Return why django-oauth-toolkit refused, as its error says and as whoever mends it needs."""
    try:
        given = json.loads(response.content)
        said = [str(given[key]) for key in ("error", "error_description") if given.get(key)]
    except (AttributeError, TypeError, ValueError):
        said = []
    hint = _HINTS.get(said[0] if said else "", "")
    return " ".join(f"{part.rstrip('.')}." for part in [": ".join(said), hint] if part)


def _failure(code: str, status: int) -> JsonResponse:
    headers = {"WWW-Authenticate": 'Basic realm="fin"'} if status == 401 else {}
    return JsonResponse({"error": code}, status=status, headers=headers)


@sensitive_variables()
def _form(request: HttpRequest) -> dict[str, str]:
    """Return the parameters; none may be repeated (RFC 6749, section 3.2)."""
    if request.content_type != _FORM:
        raise OAuthError("invalid_request", f"The content type is not {_FORM}.")
    if query_string(request):  # a secret in an address ends in logs
        raise OAuthError("invalid_request", "There are parameters in the address.")
    try:
        pairs = parse_qsl(
            read_body(request).decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=20,
        )
    except ValueError:
        raise OAuthError("invalid_request", "The form cannot be read.") from None
    form = dict(pairs)
    if len(form) < len(pairs) or not all(_PRINTABLE.fullmatch(value) for value in form.values()):
        raise OAuthError("invalid_request", "The form holds what no parameter is.")
    return form


@sensitive_variables()
def _credentials(request: HttpRequest, form: dict[str, str]) -> tuple[str, str]:
    """Return id and secret from the header or the form, never both (RFC 6749, section 2.3.1)."""
    header = str(request.META.get("HTTP_AUTHORIZATION", ""))
    if not header:
        return form.get("client_id", ""), form.get("client_secret", "")
    if "client_secret" in form:
        raise OAuthError("invalid_request", "The client authenticates in two ways at once.")
    scheme, _, encoded = header.partition(" ")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
        client_id, colon, secret = decoded.partition(":")
        if scheme.lower() != "basic" or not colon:
            raise ValueError(scheme)
        return unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except ValueError:
        raise OAuthError("invalid_client", "The header Authorization cannot be read.") from None


@sensitive_variables()
def _check_client(client_id: str, secret: str) -> None:
    """Raise `OAuthError`, alike for whatever is wrong, unless it is a client of Fin's."""
    client_ids = {id_ for fins in conf.integrations.values() for id_ in fins.client_ids}
    if client_id not in client_ids or not _PRINTABLE.fullmatch(secret):
        raise OAuthError("invalid_client", "The client is none of Fin's, or shows no secret.")
    model = get_application_model()
    clients = model._base_manager.using(router.db_for_write(model)).filter(client_id=client_id)
    stored = clients.values_list("client_secret", flat=True).first()
    try:
        is_right = stored is not None and secret_check.is_right(client_id, secret, stored)
    except TooManyError as error:
        raise OAuthError("invalid_client", str(error), 429) from None
    if not is_right:
        raise OAuthError("invalid_client", WRONG)


def _forget_tokens(client_id: str) -> None:
    """Delete a client's tokens that have expired or are too many: nothing else clears them."""
    model = get_access_token_model()
    tokens = model._base_manager.using(router.db_for_write(model)).filter(
        application__client_id=client_id
    )
    oldest = tokens.order_by("-pk").values_list("pk", flat=True)[MOST_TOKENS:][:MOST_TOKENS]
    tokens.filter(Q(expires__lt=clock.now(database())) | Q(pk__in=list(oldest))).delete()
