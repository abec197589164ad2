"""The endpoints that the agents' pages call."""

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
from . import body
from .access import Admitted, admit
from .debounce import Debounce
from .event_agent import event_agent
from .marks import CacheMarks
from .takeover import AlreadyTakenError, take_over

marks = CacheMarks()


class Login(SessionAuthentication):
    """The helpdesk's own login, with its CSRF protection."""

    def enforce_csrf(self, request: Any) -> None:
        """On Django's request: through DRF's own the body would be parsed a second time."""
        super().enforce_csrf(request._request)


class OneAnswer(BaseContentNegotiation):
    """There is one form of answer, whatever `Accept` says: a form's page asks for HTML."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """The only one."""
        [renderer] = renderers
        return renderer, renderer.media_type


class AgentView(APIView):
    """Who comes through this door is logged in and posts the id of a conversation.

    What the host sets for its own API (throttles, versions, parsers) is not for this door.
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
        """Read the body, once, before anything else is known."""
        super().setup(request, *args, **kwargs)
        self.conversation_id = body.conversation_id(request)

    def admitted(self) -> Admitted:
        """Who asks, and what for. Raises what DRF answers with 400 or 404."""
        if self.conversation_id is None:
            raise ParseError("The body must name a conversation_id, as a string.")
        try:
            return admit(self.request.user, self.conversation_id)
        except NotFoundError as error:
            raise NotFound(str(error)) from error


class Typing(AgentView):
    """`POST typing/`, on every keystroke: 204 whether Fin hears of it or not."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer what is no news before the session is loaded: no SQL, no task."""
        self.debounce = Debounce(marks, conf.secret_key, conf.typing_interval)
        self.session = request.COOKIES.get(conf.session_cookie, "")
        if self.debounce.is_suppressed(self.session, self.conversation_id or ""):
            return HttpResponse(status=204)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: Request) -> Response:
        """Tell Fin, unless it has just been told; never wait for that."""
        case = self.admitted()
        if self.debounce.accept(self.session, case.agent.id, case.conversation_id):
            typed_at = clock.now(database()).timestamp()
            tasks.send_typing(
                case.integration, case.conversation_id, event_agent(case.agent), typed_at
            )
        return Response(status=204)


class TakeOver(AgentView):
    """`POST take-over/`, the panel's button: the conversation is the agent's from now on."""

    def post(self, request: Request) -> HttpResponseBase:
        """Back to the page that it was pressed on; 204 for a script, which names none.

        409 where another person was quicker: nobody is displaced by a page that is a minute old.
        The same where the helpdesk refuses, and 404 where it is gone meanwhile.
        """
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
        """To where the browser says it was, if that is a page of this host."""
        page = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(
            page, {request.get_host()}, require_https=request.is_secure()
        )
        by_form = "text/html" in request.headers.get("Accept", "")
        return HttpResponseRedirect(page) if is_ours and by_form else None
