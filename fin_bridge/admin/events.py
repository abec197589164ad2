"""The admin page of events, which is the delivery log: the list, its actions, and one event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from ..models import Attempt, Event
from . import actions, formatting, history
from .event_page import EventPage
from .filters import EventDayFilter, IntegrationFilter
from .read_only import ConversationRowAdmin, ReadOnlyList

_LONGEST_KEY = 18
"""Numbers of at most so many digits fit into a key of any database."""


class EventList(ReadOnlyList):
    """A list whose rows each know the last attempt of their event, for two more statements."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        last = history.last_attempts(self.result_list)
        for event in self.result_list:
            event.last_attempt = last.get(event.pk)


def _last_attempt(event: Event) -> Attempt | None:
    return getattr(event, "last_attempt", None)


def _seen_at(event: Any) -> Any:
    return event.seen_at


@admin.register(Event)
class EventAdmin(ConversationRowAdmin):
    """Shows each change with what became of it, and offers to send it again or to cancel it."""

    list_display = (
        "created",
        "word",
        "of_conversation",
        "change",
        "last_answer",
        "latency",
        "tries",
        "settled_or_due",
        "pulled_after",
    )
    list_filter = ("state", "kind", IntegrationFilter, EventDayFilter)
    search_help_text = _("The id of a conversation or of an event, in full.")
    actions = (actions.send_again, actions.cancel)
    change_form_template = "admin/fin_bridge/event/change_form.html"
    list_select_related = ()
    fields = (
        ("of_conversation", "integration", "kind"),
        ("cause", "detail"),
        ("created", "settled", "pulled"),
        ("tries", "next_try"),
    )
    readonly_fields = tuple(name for line in fields for name in line)

    @admin.display(description=_("created"))
    def created(self, event: Event) -> str:
        return formatting.moment(event.created_at, _seen_at(event))

    @admin.display(description=_("state"))
    def word(self, event: Event) -> str:
        return formatting.state(event)

    @admin.display(description=_("change"))
    def change(self, event: Event) -> str:
        return event.cause or event.get_kind_display()

    @admin.display(description=_("tries"))
    def tries(self, event: Event) -> int:
        return event.attempts

    @admin.display(description=_("answer"))
    def last_answer(self, event: Event) -> str:
        attempt = _last_attempt(event)
        return formatting.NOTHING if attempt is None else formatting.answer(attempt, brief=True)

    @admin.display(description=_("latency"))
    def latency(self, event: Event) -> str:
        attempt = _last_attempt(event)
        if attempt is None:
            return formatting.NOTHING
        return formatting.duration(timedelta(milliseconds=attempt.duration))

    @admin.display(description=_("next try"))
    def next_try(self, event: Event) -> str:
        waits = event.state == Event.State.WAITING
        return formatting.ahead(event.due_at, _seen_at(event)) if waits else formatting.NOTHING

    @admin.display(description=_("settled"))
    def settled_or_due(self, event: Event) -> str:
        if event.state == Event.State.WAITING:
            return _("due %s") % self.next_try(event)
        return formatting.after(event.settled_at, event.created_at)

    @admin.display(description=_("settled"))
    def settled(self, event: Event) -> str:
        return formatting.moment(event.settled_at, _seen_at(event))

    @admin.display(description=_("pulled"))
    def pulled_after(self, event: Event) -> str:
        return formatting.after(event.pulled_at, event.created_at)

    @admin.display(description=_("pulled"))
    def pulled(self, event: Event) -> str:
        return formatting.moment(event.pulled_at, _seen_at(event))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EventList]:
        return EventList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(conversation_id=term)
        if term.isascii() and term.isdecimal() and len(term) <= _LONGEST_KEY:
            found |= Q(pk=int(term))
        return queryset.filter(found), False

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("fin_bridge.resend_event")

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("fin_bridge.cancel_event")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/send-again/",
                wrap(self.send_again_view),
                name="fin_bridge_event_send_again",
            ),
            path("<int:pk>/cancel/", wrap(self.cancel_view), name="fin_bridge_event_cancel"),
            *super().get_urls(),
        ]

    def send_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        is_allowed = self.has_resend_permission(request)
        return actions.send_one_again(self, request, pk, is_allowed=is_allowed)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        is_allowed = self.has_cancel_permission(request)
        return actions.cancel_one(self, request, pk, is_allowed=is_allowed)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        event = context["original"]
        is_sync, waits = event.kind == Event.Kind.SYNC, event.state == Event.State.WAITING
        context |= {
            "title": _("Event %s") % event.pk,
            "subtitle": None,
            "page": EventPage(event, self.admin_site.name),
            "may_send_again": is_sync and self.has_resend_permission(request),
            "may_cancel": waits and self.has_cancel_permission(request),
        }
        return super().render_change_form(request, context, *args, **kwargs)
