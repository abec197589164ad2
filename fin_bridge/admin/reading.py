"""Admin pages that only show, and stay fast over a million rows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from ..clock import Now
from . import wording

MOST = 10_000
"""How many rows can be paged through; older ones are found by filters and search."""


class NewestPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Counts no further than one can page: a COUNT over a million rows takes seconds."""

    most = MOST

    @cached_property
    def count(self) -> int:
        """At most `most`."""
        objects: Any = self.object_list
        return int(objects.order_by()[: self.most].count())


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Nothing is added, changed or deleted by hand; the clock is the database's."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = NewestPaginator
    list_per_page = 50
    list_max_show_all = 0
    sortable_by = ()
    ordering = ("-pk",)
    empty_value_display = wording.NOTHING
    change_list_template = "admin/fin_bridge/change_list.html"

    class Media:
        css = {"all": ["fin_bridge/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody; what is old is pruned."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each row with the database's time in `seen_at`, for "in 4 min"."""
        rows: QuerySet[Any] = super().get_queryset(request)
        seen: QuerySet[Any] = rows.annotate(seen_at=Now())
        return seen
