"""The admin page of calls from Fin: what it asked for, and what was refused and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import FinCall
from . import formatting
from .filters import CallDayFilter, IntegrationFilter, RefusedFilter
from .read_only import ConversationRowAdmin


@admin.register(FinCall)
class FinCallAdmin(ConversationRowAdmin):
    """Shows each call from Fin with its answer, and the reason where it was refused."""

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
        return formatting.moment(call.at, call.seen_at)

    @admin.display(description=_("answer"))
    def word(self, call: FinCall) -> str:
        return formatting.status(call.status)

    @admin.display(description=_("took"))
    def took(self, call: FinCall) -> str:
        return formatting.duration(timedelta(milliseconds=call.duration))
