"""The log of events: the list, its actions, and the page of one event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import Attempt, Event
from . import actions, attempts, wording
from .event_page import EventPage
from .filters import EventDayFilter, IntegrationFilter
from .read_only import ReadOnlyAdmin, ReadOnlyList

_LONGEST_KEY = 18
"""Digits that surely fit a key."""


class EventList(ReadOnlyList):
    """Knows the last attempt of each event that it shows."""

    def get_results(self, request: HttpRequest) -> None:
        """In two more statements, however long the page."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        last = attempts.last_of(self.result_list)
        for event in self.result_list:
            event.last_attempt = last.get(event.pk)


def _last_attempt(event: Event) -> Attempt | None:
    return getattr(event, "last_attempt", None)


def _seen_at(event: Any) -> Any:
    return event.seen_at


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened to this change, did Fin get it, and if not, why?"""

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
    search_fields = ("conversation_id",)
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
        """When the change was made."""
        return wording.moment(event.created_at, _seen_at(event))

    @admin.display(description=_("state"))
    def word(self, event: Event) -> str:
        """Coloured."""
        return wording.state(event)

    @admin.display(description=_("conversation"))
    def of_conversation(self, event: Event) -> str:
        """Linked into the helpdesk's own admin."""
        return wording.conversation(event.conversation_id, self.admin_site)

    @admin.display(description=_("change"))
    def change(self, event: Event) -> str:
        """What led to it; a typing notice says that it is one."""
        return event.cause or event.get_kind_display()

    @admin.display(description=_("tries"))
    def tries(self, event: Event) -> int:
        """How many POSTs were made for it."""
        return event.attempts

    @admin.display(description=_("answer"))
    def last_answer(self, event: Event) -> str:
        """Of the last POST for its conversation while it waited."""
        attempt = _last_attempt(event)
        return wording.NOTHING if attempt is None else wording.answer(attempt, brief=True)

    @admin.display(description=_("latency"))
    def latency(self, event: Event) -> str:
        """Of the same."""
        attempt = _last_attempt(event)
        if attempt is None:
            return wording.NOTHING
        return wording.duration(timedelta(milliseconds=attempt.duration))

    @admin.display(description=_("next try"))
    def next_try(self, event: Event) -> str:
        """While it waits."""
        waits = event.state == Event.State.WAITING
        return wording.ahead(event.due_at, _seen_at(event)) if waits else wording.NOTHING

    @admin.display(description=_("settled"))
    def settled_or_due(self, event: Event) -> str:
        """In the list's narrow columns: no event has both."""
        if event.state == Event.State.WAITING:
            return _("due %s") % self.next_try(event)
        return wording.after(event.settled_at, event.created_at)

    @admin.display(description=_("settled"))
    def settled(self, event: Event) -> str:
        """When it was sent or given up."""
        return wording.moment(event.settled_at, _seen_at(event))

    @admin.display(description=_("pulled"))
    def pulled_after(self, event: Event) -> str:
        """How long after the change Fin read the conversation."""
        return wording.after(event.pulled_at, event.created_at)

    @admin.display(description=_("pulled"))
    def pulled(self, event: Event) -> str:
        """When Fin read the conversation after it."""
        return wording.moment(event.pulled_at, _seen_at(event))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EventList]:
        """With the last attempts."""
        return EventList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Exact, so that an index finds it."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(conversation_id=term)
        if term.isascii() and term.isdecimal() and len(term) <= _LONGEST_KEY:
            found |= Q(pk=int(term))
        return queryset.filter(found), False

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """`fin_bridge.resend_event`."""
        return request.user.has_perm("fin_bridge.resend_event")

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """`fin_bridge.cancel_event`."""
        return request.user.has_perm("fin_bridge.cancel_event")

    def get_urls(self) -> list[URLPattern]:
        """Those of the buttons on an event's page too."""
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
        """The button on an event's page; shows the new event."""
        return actions.send_one_again(self, request, pk)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button on an event's page."""
        return actions.cancel_one(self, request, pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With what became of it in a sentence, its attempts, and its conversation's timeline."""
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

    def link_to(self, pk: int) -> str:
        """The page of an event, as a link."""
        url = reverse(f"{self.admin_site.name}:fin_bridge_event_change", args=[pk])
        return format_html('<a href="{}">{}</a>', url, _("event %s") % pk)
