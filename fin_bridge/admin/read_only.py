"""Admin pages that only show, and stay fast over a million rows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..database.clock import Now
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


class ReadOnlyList(ChangeList):
    """The rows' links know the list's filters without looking each address up again for them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._filters, self.preserved_filters = self.preserved_filters, ""

    def url_for_result(self, result: Model) -> str:
        """With the filters, as Django has it."""
        url = super().url_for_result(result)
        return f"{url}?{self._filters}" if self._filters else url


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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ReadOnlyList]:
        """The list of it."""
        return ReadOnlyList

    def action_checkbox(self, obj: Model) -> SafeString:
        """Django's, which renders a template for each."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            _("Select this object for an action - {}").format(obj),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each row with the database's time in `seen_at`, for "in 4 min"."""
        rows: QuerySet[Any] = super().get_queryset(request)
        seen: QuerySet[Any] = rows.annotate(seen_at=Now())
        return seen
