"""Fin's addresses in both dialects, for `path("api/fin/", include("fin_bridge.api.urls"))`."""

from __future__ import annotations

from collections.abc import Mapping

from django import apps
from django.db import connections, transaction
from django.urls import URLPattern, path, re_path

from .attachments import attachment
from .operations.registry import POSTS_ONLY, REST, Operation
from .views import OperationView, nothing
from .wire.response_bodies import PostsOnly, Rest

app_name = "fin_bridge"

# With or without a slash at the end: Django's APPEND_SLASH would redirect, and lose the body.


def _address(name: str, dialect: Rest, operations: Mapping[str, Operation]) -> URLPattern:
    view = OperationView.as_view(dialect=dialect, operations=operations)
    # No transaction around the whole request: an operation may have to begin its own anew.
    for alias in connections:
        transaction.non_atomic_requests(alias)(view)
    return re_path(rf"^{name}/?$", view, name=name)


def _rest(name: str, **operations: str) -> URLPattern:
    by_method = {method: REST[operation] for method, operation in operations.items()}
    return _address(name, Rest(), by_method)


def _posts_only(name: str) -> URLPattern:
    return _address(name, PostsOnly(), {"post": POSTS_ONLY[name]})


urlpatterns = [
    _rest("user", get="get_user", put="update_user", post="create_user"),
    _rest("agents", get="get_agents"),
    _rest(
        "conversation",
        get="get_conversation",
        put="update_conversation",
        post="create_conversation",
    ),
    _rest("messages", get="get_messages", post="create_message"),
    *(_posts_only(name) for name in POSTS_ONLY),
    path("attachments/<str:token>/<str:filename>", attachment, name="attachment"),
]
if apps.apps.is_installed("oauth2_provider"):
    from .trust.oauth import TokenView

    urlpatterns.append(re_path(r"^oauth/token/?$", TokenView.as_view(), name="token"))
urlpatterns.append(re_path("", nothing))
