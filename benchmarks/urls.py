"""The straightforward views, and ours where it is installed."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from benchmarks import straightforward

urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/", straightforward.Messages.as_view()),
    path("bare/", straightforward.Bare.as_view()),
    path("typed/", straightforward.Typed.as_view()),
]
if apps.is_installed("fin_bridge"):
    urlpatterns += [
        path("api/fin/", include("fin_bridge.api.urls")),
        path("fin/", include("fin_bridge.agent_ui.urls")),
    ]
