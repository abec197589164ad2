"""The admin page of conversations: who is in charge, and what Fin has been told and has read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from ..models import ConversationState
from . import formatting
from .filters import HandoverFilter, IntegrationFilter
from .read_only import ConversationRowAdmin


@admin.register(ConversationState)
class ConversationStateAdmin(ConversationRowAdmin):
    """Shows who is in charge of each conversation, and when Fin was told of it and read it."""

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
        waiting = request.GET.get(HandoverFilter.parameter_name) == HandoverFilter.UNANSWERED
        return ("handed_over_at",) if waiting else super().get_ordering(request)

    @admin.display(description=_("events"))
    def events(self, row: ConversationState) -> str:
        url = reverse(f"{self.admin_site.name}:fin_bridge_event_changelist")
        query = urlencode({"conversation_id__exact": row.conversation_id})
        return format_html('<a href="{}?{}">{}</a>', url, query, _("Events of this conversation"))

    @admin.display(description=_("known to Fin since"))
    def known(self, row: Any) -> str:
        return formatting.moment(row.known_at, row.seen_at)

    @admin.display(description=_("last sent"))
    def posted(self, row: Any) -> str:
        """Show when the last POST that Fin accepted began."""
        return formatting.moment(row.posted_at, row.seen_at)

    @admin.display(description=_("last pulled"))
    def pulled(self, row: Any) -> str:
        return formatting.moment(row.pulled_at, row.seen_at)

    @admin.display(description=_("not sent before"))
    def not_earlier(self, row: Any) -> str:
        gated = row.not_before is not None and row.not_before > row.seen_at
        return formatting.ahead(row.not_before, row.seen_at) if gated else formatting.NOTHING

    @admin.display(description=_("handed over"))
    def handed_over(self, row: Any) -> str:
        return formatting.moment(row.handed_over_at, row.seen_at)

    @admin.display(description=_("handover"))
    def handover_word(self, row: Any) -> str:
        return formatting.handover(row, row.seen_at)

    @admin.display(description=_("answered"))
    def answered(self, row: Any) -> str:
        return formatting.moment(row.answered_at, row.seen_at)

    @admin.display(description=_("last read by the customer"))
    def customer_read(self, row: Any) -> str:
        return formatting.moment(row.customer_read_at, row.seen_at)
