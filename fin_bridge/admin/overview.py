"""The overview: how each integration is, what was sent and how fast, what waits, what failed."""

from __future__ import annotations

import math
from collections import Counter
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ..conf import conf
from ..models import Event, IntegrationState
from . import charts, figures, wording
from .health import Health
from .health import of as health_of

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite, ModelAdmin

FREQUENT = 5
"""Errors and refusals that are listed."""


class Section:
    """One integration."""

    def __init__(self, page: OverviewPage, name: str) -> None:
        self.page, self.name = page, name
        self.state = page.states.get(name) or IntegrationState(integration=name)

    @property
    def url(self) -> str:
        """Its page, with pause and resume; nothing while there is no row of it."""
        return "" if self.state.pk is None else self.page.url("integrationstate", self.state.pk)

    @cached_property
    def backlog(self) -> dict[str, figures.Backlog]:
        """What waits, by kind."""
        return {one.kind: one for one in self.page.backlog if one.integration == self.name}

    @property
    def waiting(self) -> str:
        """How many changes, and since when."""
        return self._since("events")

    @property
    def handovers(self) -> str:
        """How many cases, and since when."""
        return self._since("handovers")

    def _since(self, kind: str) -> str:
        found = self.backlog.get(kind)
        if found is None:
            return _("none")
        since = wording.duration(self.page.now - found.since)
        return _("%(count)d, the oldest for %(time)s") % {"count": found.count, "time": since}

    @property
    def health(self) -> Health:
        """A word and a sentence."""
        events = self.backlog.get("events")
        return health_of(self.state, self.page.now, None if events is None else events.since)

    @cached_property
    def charts(self) -> list[tuple[str, charts.Chart, str]]:
        """Title, bars and success: of the last day, by hours, and of the last week, by six."""
        counted = [
            (row.hour, row.state, row.count)
            for row in self.page.hours
            if row.integration == self.name
        ]
        now, hour = self.page.now, figures.HOUR
        drawn = {
            _("Last 24 hours"): charts.draw(counted, now, hour, 24),
            _("Last 7 days"): charts.draw(counted, now, 6 * hour, 28),
        }
        return [(title, chart, _percent(chart.success)) for title, chart in drawn.items()]

    @cached_property
    def _posts(self) -> list[figures.Posts]:
        return [one for one in self.page.posts if one.integration == self.name]

    @property
    def latency(self) -> str:
        """How long Fin took to accept: median and 95th percentile."""
        accepted = Counter[int]()
        for one in self._posts:
            if one.outcome == "sent":
                accepted[one.took] += one.count
        median, high = (charts.percentile(accepted, share) for share in (0.5, 0.95))
        if median is None or high is None:
            return wording.NOTHING
        return _("%(median)s in the middle, %(high)s at the 95th percentile") % {
            "median": _milliseconds(median),
            "high": _milliseconds(high),
        }

    @property
    def errors(self) -> list[tuple[str, int]]:
        """What POSTs failed with, the most frequent first."""
        counted = Counter[str]()
        for one in self._posts:
            if one.outcome != "sent":
                answer = one.outcome if one.status is None else wording.named(one.status)
                counted[answer] += one.count
        return counted.most_common(FREQUENT)


class OverviewPage:
    """All that the template asks for, each read once."""

    def __init__(self, site: AdminSite) -> None:
        self._site = site
        self.states, self.now = figures.integrations()

    @property
    def sections(self) -> list[Section]:
        """Those of the settings, in their order."""
        return [Section(self, name) for name in conf.integrations]

    @cached_property
    def hours(self) -> list[figures.Hour]:
        """The changes of the last week."""
        return figures.hours(self.now)

    @cached_property
    def posts(self) -> list[figures.Posts]:
        """The POSTs of the last day."""
        return figures.posts(self.now)

    @cached_property
    def backlog(self) -> list[figures.Backlog]:
        """What waits."""
        return figures.backlog()

    @property
    def unrouted(self) -> int:
        """Changes of which no worker has found out yet whose they are."""
        return sum(one.count for one in self.backlog if not one.integration)

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The last ones, with a link each."""
        return [
            {
                "url": self.url("event", event.pk),
                "when": wording.moment(event.settled_at or event.created_at, self.now),
                "conversation": wording.conversation(event.conversation_id, self._site),
                "cause": event.cause,
                "detail": event.detail,
            }
            for event in figures.failures()
        ]

    @cached_property
    def _refusals(self) -> list[figures.Refusal]:
        return figures.refusals(self.now)

    @property
    def refused(self) -> int:
        """Calls of Fin's in the last day that were refused."""
        return sum(one.count for one in self._refusals)

    @property
    def unauthenticated(self) -> int:
        """Those of them that could not show who they are."""
        return sum(one.count for one in self._refusals if one.status == 401)

    @property
    def refusals(self) -> list[dict[str, Any]]:
        """The most frequent ones."""
        return [
            {
                "count": one.count,
                "word": wording.status(one.status),
                "operation": one.operation,
                "detail": one.detail,
                "last": wording.moment(one.last, self.now),
            }
            for one in self._refusals[:FREQUENT]
        ]

    def url(self, model: str, pk: int) -> str:
        """Of the page of a row."""
        return reverse(f"{self._site.name}:fin_bridge_{model}_change", args=[pk])

    def _list(self, model: str, **query: str) -> str:
        url = reverse(f"{self._site.name}:fin_bridge_{model}_changelist")
        return f"{url}?{urlencode(query)}"

    @property
    def links(self) -> dict[str, str]:
        """Where there is more of each."""
        return {
            "waiting": self._list("event", state__exact=Event.State.WAITING),
            "failed": self._list("event", state__exact=Event.State.FAILED),
            "refused": self._list("fincall", answer="refused"),
            "handovers": self._list("conversationstate", handover="unanswered"),
        }


def _milliseconds(number: int) -> str:
    """The bucket's upper end: nothing looks faster than it was."""
    return wording.duration(timedelta(milliseconds=number + figures.RESOLUTION))


def _percent(share: float | None) -> str:
    """Rounded down: 100 % means that none failed."""
    return "" if share is None else f"{math.floor(share * 1000) / 10:g} %"


def view(modeladmin: ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """For whoever may see the log."""
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
