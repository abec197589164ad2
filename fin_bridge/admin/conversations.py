"""What is known of each conversation, and Fin's calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from ..models import ConversationState, FinCall
from . import wording
from .filters import CallDayFilter, HandoverFilter, IntegrationFilter, RefusedFilter
from .read_only import ReadOnlyAdmin


class _OfConversations(ReadOnlyAdmin):
    """Rows that belong to a conversation."""

    search_fields = ("conversation_id",)
    search_help_text = _("The id of a conversation, in full.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Exact, so that an index finds it."""
        term = search_term.strip()
        return (queryset.filter(conversation_id=term) if term else queryset), False

    @admin.display(description=_("conversation"))
    def of_conversation(self, row: Any) -> str:
        """Linked into the helpdesk's own admin."""
        return wording.conversation(row.conversation_id, self.admin_site)


@admin.register(ConversationState)
class ConversationStateAdmin(_OfConversations):
    """Who is in charge, when Fin was last told, when it last looked."""

    list_display = (
        "conversation_id",
        "handover_word",
        "holder",
        "known",
        "posted",
        "pulled",
        "integration",
    )
    list_filter = (HandoverFilter, "holder", IntegrationFilter)
    fields = (
        "of_conversation",
        "events",
        "integration",
        "holder",
        "known",
        "posted",
        "pulled",
        "attempts",
        "not_earlier",
        "handed_over",
        "handover_word",
        "answered",
        "customer_read",
        "reminders",
    )
    readonly_fields = fields

    def get_ordering(self, request: HttpRequest) -> Any:
        """Of the handovers that nobody has answered the longest first."""
        waiting = request.GET.get(HandoverFilter.parameter_name) == HandoverFilter.UNANSWERED
        return ("handed_over_at",) if waiting else super().get_ordering(request)

    @admin.display(description=_("events"))
    def events(self, row: ConversationState) -> str:
        """Its part of the log."""
        url = reverse(f"{self.admin_site.name}:fin_bridge_event_changelist")
        query = urlencode({"conversation_id__exact": row.conversation_id})
        return format_html('<a href="{}?{}">{}</a>', url, query, _("What happened to it"))

    @admin.display(description=_("known to Fin since"))
    def known(self, row: Any) -> str:
        """When Fin started or first read it."""
        return wording.moment(row.known_at, row.seen_at)

    @admin.display(description=_("last sent"))
    def posted(self, row: Any) -> str:
        """The start of the last POST that Fin accepted."""
        return wording.moment(row.posted_at, row.seen_at)

    @admin.display(description=_("last pulled"))
    def pulled(self, row: Any) -> str:
        """When Fin last read it."""
        return wording.moment(row.pulled_at, row.seen_at)

    @admin.display(description=_("not sent before"))
    def not_earlier(self, row: Any) -> str:
        """Its backoff; nothing once that is over."""
        gated = row.not_before is not None and row.not_before > row.seen_at
        return wording.ahead(row.not_before, row.seen_at) if gated else wording.NOTHING

    @admin.display(description=_("handed over"))
    def handed_over(self, row: Any) -> str:
        """When Fin gave it to people."""
        return wording.moment(row.handed_over_at, row.seen_at)

    @admin.display(description=_("handover"))
    def handover_word(self, row: Any) -> str:
        """Coloured, with the time that the customer waits or had to wait."""
        return wording.handover(row, row.seen_at)

    @admin.display(description=_("answered"))
    def answered(self, row: Any) -> str:
        """By the first person."""
        return wording.moment(row.answered_at, row.seen_at)

    @admin.display(description=_("last read by the customer"))
    def customer_read(self, row: Any) -> str:
        """As Fin told us."""
        return wording.moment(row.customer_read_at, row.seen_at)


@admin.register(FinCall)
class FinCallAdmin(_OfConversations):
    """What Fin asked for, and what was refused and why."""

    list_display = (
        "time",
        "word",
        "operation",
        "of_conversation",
        "integration",
        "took",
        "detail",
    )
    list_filter = (RefusedFilter, IntegrationFilter, CallDayFilter)
    fields = list_display
    readonly_fields = fields

    @admin.display(description=_("time"))
    def time(self, call: Any) -> str:
        """When it came."""
        return wording.moment(call.at, call.seen_at)

    @admin.display(description=_("answer"))
    def word(self, call: FinCall) -> str:
        """Coloured."""
        return wording.status(call.status)

    @admin.display(description=_("took"))
    def took(self, call: FinCall) -> str:
        """How long we needed."""
        return wording.duration(timedelta(milliseconds=call.duration))
