"""The helpdesk's tables in Django's admin."""

from django.contrib import admin

from helpdesk_demo.models import Customer, Label, Reply, ReplyFile, StaffProfile, Status, Ticket

admin.site.register(
    Customer,
    list_display=["full_name", "email", "company", "plan"],
    search_fields=["full_name", "email", "company"],
)
admin.site.register(Status, list_display=["name", "slug", "is_finished", "order"])
admin.site.register(Label)
admin.site.register(
    Ticket,
    list_display=["subject", "customer", "status", "assignee", "modified"],
    list_filter=["status", "assignee"],
    list_select_related=["customer", "status", "assignee"],
    search_fields=["subject", "customer__full_name"],
    autocomplete_fields=["customer"],
)
admin.site.register(
    Reply,
    list_display=["ticket", "staff", "internal", "created"],
    list_filter=["internal", "staff"],
    list_select_related=["ticket", "staff"],
    raw_id_fields=["ticket"],
)
admin.site.register(ReplyFile, list_display=["filename", "reply"], raw_id_fields=["reply"])
admin.site.register(StaffProfile, list_display=["user", "alias"], list_select_related=["user"])
