"""The filters of the admin's lists; none looks through a table to find its choices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..conf import conf
from ..database import clock
from ..models import ConversationState, Event, database


class IntegrationFilter(admin.SimpleListFilter):
    """Filters by the integrations of the settings: to collect them from the rows takes seconds."""

    title = _("integration")
    parameter_name = "integration"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in conf.integrations]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(integration=self.value())


class DayFilter(admin.SimpleListFilter):
    """Filters by today, yesterday, the past week or a day: `?day=2026-11-22`, in local time."""

    title = _("day")
    parameter_name = "day"
    template = "admin/fin_bridge/day_filter.html"
    field = "created_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("Today")),
            ("yesterday", _("Yesterday")),
            ("week", _("Past 7 days")),
        ]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield the named choices, then one that the template draws as a form to pick a day."""
        yield from super().choices(changelist)
        picked = self.value() if self.value() not in dict(self.lookup_choices) else None
        others = {key: value for key, value in changelist.params.items() if key != "day"}
        yield {"form": True, "selected": picked is not None, "value": picked, "others": others}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        first, last = self._days(value)
        start, end = _midnight(first), _midnight(last + timedelta(days=1))
        return queryset.filter(**{f"{self.field}__gte": start, f"{self.field}__lt": end})

    def _days(self, value: str) -> tuple[date, date]:
        if value not in dict(self.lookup_choices):
            return _date(value), _date(value)
        today = timezone.localtime(clock.now(database())).date()
        yesterday = today - timedelta(days=1)
        if value == "yesterday":
            return yesterday, yesterday
        return (today - timedelta(days=6) if value == "week" else today), today


def _date(value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise IncorrectLookupParameters(error) from error
    if not 1970 <= day.year <= 9000:
        raise IncorrectLookupParameters(f"{day} is no day of this log.")
    return day


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_current_timezone())


class EventDayFilter(DayFilter):
    """Filters events by day, and names each kind, with which their index by time begins."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return super().queryset(request, queryset).filter(kind__in=Event.Kind.values)


class CallDayFilter(DayFilter):
    """Filters calls from Fin by day."""

    field = "at"


class HandoverFilter(admin.SimpleListFilter):
    """Filters conversations by whether a person has answered what Fin handed over."""

    title = _("handover")
    parameter_name = "handover"
    UNANSWERED = "unanswered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(self.UNANSWERED, _("Nobody has answered")), ("answered", _("Answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        handover = ConversationState.Handover
        if self.value() == self.UNANSWERED:
            return queryset.filter(handover__in=[handover.WAITING, handover.LATE])
        if self.value() == "answered":
            return queryset.filter(handover=handover.ANSWERED)
        return queryset


class RefusedFilter(admin.SimpleListFilter):
    """Filters calls from Fin by whether they were refused."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("answered", _("Answered")), ("refused", _("Refused"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        refused = Q(status__gte=400)
        return {
            "refused": queryset.filter(refused),
            "answered": queryset.exclude(refused),
        }.get(self.value() or "", queryset)
