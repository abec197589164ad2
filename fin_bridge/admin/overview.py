"""The overview of all integrations: health, deliveries, latency, backlog, failures, refusals."""

from __future__ import annotations

import math
from collections import Counter
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ..conf import conf
from ..models import Event, IntegrationState
from . import charts, formatting, statistics
from .explanations import Health, health_of

FREQUENT = 5
"""At most so many errors, and as many refusals, are listed."""


class Section:
    """The part of the overview that is about one integration."""

    def __init__(self, page: OverviewPage, name: str) -> None:
        self.page, self.name = page, name
        self.state = page.states.get(name) or IntegrationState(integration=name)

    @property
    def url(self) -> str:
        return "" if self.state.pk is None else self.page.url("integrationstate", self.state.pk)

    @cached_property
    def backlog(self) -> dict[str, statistics.Backlog]:
        return {
            backlog.kind: backlog
            for backlog in self.page.backlog
            if backlog.integration == self.name
        }

    @property
    def waiting(self) -> str:
        return self._since("events")

    @property
    def handovers(self) -> str:
        return self._since("handovers")

    def _since(self, kind: str) -> str:
        found = self.backlog.get(kind)
        if found is None:
            return _("none")
        since = formatting.duration(self.page.now - found.since)
        return _("%(count)d, the oldest for %(time)s") % {"count": found.count, "time": since}

    @property
    def health(self) -> Health:
        events = self.backlog.get("events")
        return health_of(self.state, self.page.now, None if events is None else events.since)

    @cached_property
    def charts(self) -> list[tuple[str, charts.Chart, str]]:
        """Return title, chart and success: the last day by hours, the last week by six hours."""
        counted = [
            (row.hour, row.state, row.count)
            for row in self.page.hours
            if row.integration == self.name
        ]
        now, hour = self.page.now, statistics.HOUR
        drawn = {
            _("Last 24 hours"): charts.draw(counted, now, hour, 24),
            _("Last 7 days"): charts.draw(counted, now, 6 * hour, 28),
        }
        return [(title, chart, _percent(chart.success)) for title, chart in drawn.items()]

    @cached_property
    def _posts(self) -> list[statistics.Posts]:
        return [posts for posts in self.page.posts if posts.integration == self.name]

    @property
    def latency(self) -> str:
        """Say how long Fin took to accept: the median and the 95th percentile."""
        accepted = Counter[int]()
        for posts in self._posts:
            if posts.outcome == "sent":
                accepted[posts.took] += posts.count
        median, high = (charts.percentile(accepted, share) for share in (0.5, 0.95))
        if median is None or high is None:
            return formatting.NOTHING
        return _("median %(median)s, 95th percentile %(high)s") % {
            "median": _milliseconds(median),
            "high": _milliseconds(high),
        }

    @property
    def errors(self) -> list[tuple[str, int]]:
        """Return the most frequent errors of POSTs, with how often each occurred."""
        counted = Counter[str]()
        for posts in self._posts:
            if posts.outcome != "sent":
                answer = posts.outcome if posts.status is None else formatting.named(posts.status)
                counted[answer] += posts.count
        return counted.most_common(FREQUENT)


class OverviewPage:
    """All that the template asks for, each read once."""

    def __init__(self, site: AdminSite) -> None:
        self._site = site
        self.states, self.now = statistics.integrations()

    @property
    def sections(self) -> list[Section]:
        return [Section(self, name) for name in conf.integrations]

    @cached_property
    def hours(self) -> list[statistics.Hour]:
        return statistics.hours(self.now)

    @cached_property
    def posts(self) -> list[statistics.Posts]:
        return statistics.posts(self.now)

    @cached_property
    def backlog(self) -> list[statistics.Backlog]:
        return statistics.backlog()

    @property
    def unrouted(self) -> int:
        return sum(backlog.count for backlog in self.backlog if not backlog.integration)

    @property
    def failures(self) -> list[dict[str, Any]]:
        return [
            {
                "url": self.url("event", event.pk),
                "when": formatting.moment(event.settled_at or event.created_at, self.now),
                "conversation": formatting.conversation(event.conversation_id, self._site),
                "cause": event.cause,
                "detail": event.detail,
            }
            for event in statistics.failures()
        ]

    @cached_property
    def _refusals(self) -> list[statistics.Refusal]:
        return statistics.refusals(self.now)

    @property
    def refused(self) -> int:
        return sum(refusal.count for refusal in self._refusals)

    @property
    def unauthenticated(self) -> int:
        return sum(refusal.count for refusal in self._refusals if refusal.status == 401)

    @property
    def refusals(self) -> list[dict[str, Any]]:
        return [
            {
                "count": refusal.count,
                "word": formatting.status(refusal.status),
                "operation": refusal.operation,
                "detail": refusal.detail,
                "last": formatting.moment(refusal.last, self.now),
            }
            for refusal in self._refusals[:FREQUENT]
        ]

    def url(self, model: str, pk: int) -> str:
        return reverse(f"{self._site.name}:fin_bridge_{model}_change", args=[pk])

    def _list(self, model: str, **query: str) -> str:
        url = reverse(f"{self._site.name}:fin_bridge_{model}_changelist")
        return f"{url}?{urlencode(query)}"

    @property
    def links(self) -> dict[str, str]:
        return {
            "waiting": self._list("event", state__exact=Event.State.WAITING),
            "failed": self._list("event", state__exact=Event.State.FAILED),
            "refused": self._list("fincall", answer="refused"),
            "handovers": self._list("conversationstate", handover="unanswered"),
        }


def _milliseconds(number: int) -> str:
    return formatting.duration(timedelta(milliseconds=number + statistics.RESOLUTION))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{math.floor(share * 1000) / 10:g} %"


def view(modeladmin: ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """Serve the overview to those who may see the log."""
    if not request.user.has_perm("fin_bridge.view_event"):
        raise PermissionDenied
    site = modeladmin.admin_site
    context = {
        **site.each_context(request),
        "title": _("Overview"),
        "opts": modeladmin.opts,
        "media": modeladmin.media,
        "page": OverviewPage(site),
    }
    return TemplateResponse(request, "admin/fin_bridge/overview.html", context)
