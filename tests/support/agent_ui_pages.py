"""Pages of a helpdesk with editors of every kind, and where the agents' door is mounted."""

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

PAGES: dict[str, str] = {}
"""The templates by name; a test puts its own in."""


def page(request: HttpRequest, name: str) -> HttpResponse:
    """One of them."""
    html = Template("<!doctype html>{% load fin_bridge %}" + PAGES[name])
    return HttpResponse(html.render(RequestContext(request, {"given": request.GET})))


urlpatterns = [
    path("fin/", include("fin_bridge.agent_ui.urls")),
    path("pages/<slug:name>/", page),
]
