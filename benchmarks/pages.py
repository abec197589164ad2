"""The log's addresses: in our admin, and in Django's own."""

from django.contrib import admin
from django.urls import path

from fin_bridge.models import Event


class EventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """As one would register it oneself."""

    list_display = (
        "created_at",
        "state",
        "conversation_id",
        "cause",
        "attempts",
        "settled_at",
        "pulled_at",
    )
    list_filter = ("state", "kind", "integration")
    search_fields = ("conversation_id",)
    change_list_template = "admin/change_list.html"  # and not the one that ours puts in its place


default = admin.AdminSite("default")
default.register(Event, EventAdmin)

urlpatterns = [path("admin/", admin.site.urls), path("default/", default.urls)]
