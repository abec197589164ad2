"""The base of our admin pages: they only show rows, and stay fast over a million of them."""

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
from django.utils.translation import gettext_lazy

from ..database.clock import Now
from . import formatting

MOST = 10_000
"""One can page through so many rows; filters and search find older ones."""


class NewestPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Counts no further than one can page: a COUNT over a million rows takes seconds."""

    most = MOST

    @cached_property
    def count(self) -> int:
        objects: Any = self.object_list
        return int(objects.order_by()[: self.most].count())


class ReadOnlyList(ChangeList):
    """Links rows with the list's filters, without resolving each address once more for them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._filters, self.preserved_filters = self.preserved_filters, ""

    def url_for_result(self, result: Model) -> str:
        url = super().url_for_result(result)
        return f"{url}?{self._filters}" if self._filters else url


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Lets nobody add, change or delete; each row has the database's time in `seen_at`."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = NewestPaginator
    list_per_page = 50
    list_max_show_all = 0
    sortable_by = ()
    ordering = ("-pk",)
    empty_value_display = formatting.NOTHING
    change_list_template = "admin/fin_bridge/change_list.html"

    class Media:
        css = {"all": ["fin_bridge/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ReadOnlyList]:
        return ReadOnlyList

    def action_checkbox(self, obj: Model) -> SafeString:
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            _("Select this object for an action - {}").format(obj),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        seen: QuerySet[Any] = rows.annotate(seen_at=Now())
        return seen


class ConversationRowAdmin(ReadOnlyAdmin):
    """A page of rows that each belong to a conversation, found by its exact id."""

    search_fields = ("conversation_id",)
    search_help_text = gettext_lazy("The id of a conversation, in full.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(conversation_id=term) if term else queryset), False

    @admin.display(description=gettext_lazy("conversation"))
    def of_conversation(self, row: Any) -> str:
        return formatting.conversation(row.conversation_id, self.admin_site)
