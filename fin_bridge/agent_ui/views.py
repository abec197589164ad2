"""The views that the agents' pages call: on each keystroke, and to take a conversation over."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import tasks
from ..conf import conf
from ..database import clock
from ..exceptions import NotFoundError, RefusedError
from ..models import database
from ..records import Agent
from . import body
from .access import Admitted, admit
from .debounce import Debounce
from .marks import CacheMarks
from .takeover import AlreadyTakenError, take_over

marks = CacheMarks()


class Login(SessionAuthentication):
    """The helpdesk's own login, with its CSRF protection."""

    def enforce_csrf(self, request: Any) -> None:
        # On Django's request: through DRF's own the body would be parsed a second time.
        super().enforce_csrf(request._request)


class OneAnswer(BaseContentNegotiation):
    """Selects the only renderer, whatever `Accept` says: the page of a form asks for HTML."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        [renderer] = renderers
        return renderer, renderer.media_type


class AgentView(APIView):
    """A POST by a logged-in user with the id of a conversation, as JSON or as a form.

    The throttles, versions and parsers that the host sets for its own API do not apply here.
    """

    authentication_classes = [Login]
    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OneAnswer
    throttle_classes = ()
    versioning_class = None
    schema = None
    http_method_names = ["post"]

    conversation_id: str | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.conversation_id = body.conversation_id(request)

    def admitted(self) -> Admitted:
        """Return the agent and the conversation; raise what DRF answers with 400 or 404."""
        if self.conversation_id is None:
            raise ParseError("The body must name a conversation_id, as a string.")
        try:
            return admit(self.request.user, self.conversation_id)
        except NotFoundError as error:
            raise NotFound(str(error)) from error


class Typing(AgentView):
    """`POST typing/`, sent by `typing.js` on keystrokes, tells Fin that an agent is typing.

    The body is `{"conversation_id": "..."}` as JSON, or a form with that field, of at most 4096
    bytes; the id is Fin's for the conversation. Session cookie and CSRF token are the helpdesk's.

    The answer has no content and status 204, whether Fin hears of this keystroke or not: it hears
    of one in `FIN_BRIDGE_TYPING_INTERVAL` seconds. It is 400 without an id, 403 for a user who is
    not logged in or without a CSRF token, and 404 for a conversation that is not Fin's or that
    this agent may not see. The event is the contract's `agent_typing`.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # What is no news is answered before the session is loaded: no SQL, no task.
        self.debounce = Debounce(marks, conf.secret_key, conf.typing_interval)
        self.session = request.COOKIES.get(conf.session_cookie, "")
        if self.debounce.is_suppressed(self.session, self.conversation_id or ""):
            return HttpResponse(status=204)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: Request) -> Response:
        admitted = self.admitted()
        if self.debounce.accept(self.session, admitted.agent.id, admitted.conversation_id):
            typed_at = clock.now(database()).timestamp()
            tasks.send_typing(
                admitted.integration,
                admitted.conversation_id,
                event_agent(admitted.agent),
                typed_at,
            )
        return Response(status=204)


def event_agent(agent: Agent) -> dict[str, str | None]:
    """Return the agent as the contract's `data.agent` of a typing event.

    Members that the contract requires may be null; optional ones are left out where unknown.
    """
    required: dict[str, str | None] = {
        "id": agent.id,
        "user_type": "agent",
        "name": agent.name,
        "email": agent.email,
    }
    optional = {"photo_url": agent.photo_url, "alias": agent.alias}
    return required | {key: value for key, value in optional.items() if value is not None}


class TakeOver(AgentView):
    """`POST take-over/`, the panel's button, makes the agent the conversation's assignee.

    The body and the errors 400, 403 and 404 are those of `typing/`. A browser is sent back to its
    page (302); a script, whose `Accept` does not name HTML, is answered with 204.

    The answer is 409 with `{"detail": "..."}` where a colleague was quicker, since nobody is
    displaced by a page that is a minute old, and where the helpdesk refuses.
    """

    def post(self, request: Request) -> HttpResponseBase:
        try:
            take_over(self.admitted())
        except AlreadyTakenError as error:
            return self._back(request) or Response({"detail": str(error)}, status=409)
        except RefusedError as error:
            return Response({"detail": str(error)}, status=409)
        except NotFoundError as error:
            raise NotFound(str(error)) from error
        return self._back(request) or Response(status=204)

    def _back(self, request: Request) -> HttpResponseBase | None:
        page = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(
            page, {request.get_host()}, require_https=request.is_secure()
        )
        by_form = "text/html" in request.headers.get("Accept", "")
        return HttpResponseRedirect(page) if is_ours and by_form else None
