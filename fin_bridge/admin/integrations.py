"""The admin page of integrations: the health of each, with pause and resume."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import IntegrationState
from ..operating import deliveries
from . import explanations, formatting, overview
from .read_only import ReadOnlyAdmin


@admin.register(IntegrationState)
class IntegrationStateAdmin(ReadOnlyAdmin):
    """Shows whether each integration is sending, and if not, why."""

    list_display = ("integration", "health", "swept", "agent_id")
    ordering = ("integration",)
    fields = (
        "integration",
        "health",
        "paused",
        "blocked_since",
        "probes",
        "next_probe",
        "asked_to_wait",
        "swept",
        "agent_id",
    )
    readonly_fields = fields
    actions = ("pause", "resume")
    change_form_template = "admin/fin_bridge/integrationstate/change_form.html"

    @admin.display(description=gettext_lazy("health"))
    def health(self, state: Any) -> str:
        return str(explanations.health_of(state, state.seen_at))

    @admin.display(description=gettext_lazy("paused"))
    def paused(self, state: Any) -> str:
        return formatting.moment(state.paused_at, state.seen_at)

    @admin.display(description=gettext_lazy("blocked since"))
    def blocked_since(self, state: Any) -> str:
        return formatting.moment(state.blocked_at, state.seen_at)

    @admin.display(description=gettext_lazy("next probe"))
    def next_probe(self, state: Any) -> str:
        return (
            formatting.ahead(state.probe_at, state.seen_at)
            if state.blocked
            else formatting.NOTHING
        )

    @admin.display(description=gettext_lazy("asked to wait until"))
    def asked_to_wait(self, state: Any) -> str:
        return formatting.moment(state.gate_until, state.seen_at)

    @admin.display(description=gettext_lazy("last swept"))
    def swept(self, state: Any) -> str:
        return formatting.moment(state.swept_at, state.seen_at)

    def has_pause_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("fin_bridge.pause_integration")

    @admin.action(description=gettext_lazy("Pause"), permissions=["pause"])
    def pause(self, request: HttpRequest, queryset: QuerySet[IntegrationState]) -> None:
        """Stop the chosen integrations from sending; changes are kept until they are resumed."""
        states = list(queryset.filter(paused_at=None))
        deliveries.pause(queryset)
        self._say(request, states, _("Paused: %s. Changes are kept until it is resumed."))

    @admin.action(description=gettext_lazy("Resume"), permissions=["pause"])
    def resume(self, request: HttpRequest, queryset: QuerySet[IntegrationState]) -> None:
        """Let the chosen integrations send; a blocked one tries its next probe now."""
        states = list(queryset)
        deliveries.resume(queryset)
        self._say(request, states, _("Resumed: %s."))

    def _say(self, request: HttpRequest, states: list[IntegrationState], said: str) -> None:
        names = ", ".join(state.integration for state in states)
        for state in states:
            self.log_change(request, state, said % state.integration)
        level = messages.SUCCESS if states else messages.WARNING
        self.message_user(request, said % names if states else _("Paused already."), level)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("overview/", wrap(self.overview_view), name="fin_bridge_overview"),
            *self._buttons(),
            *super().get_urls(),
        ]

    def overview_view(self, request: HttpRequest) -> HttpResponse:
        return overview.view(self, request)

    def _buttons(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                f"<int:pk>/{name}/",
                wrap(self._button(action)),
                name=f"fin_bridge_integrationstate_{name}",
            )
            for name, action in (("pause", self.pause), ("resume", self.resume))
        ]

    def _button(self, action: Any) -> Any:
        def press(request: HttpRequest, pk: int) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            if not self.has_pause_permission(request):
                raise PermissionDenied
            get_object_or_404(IntegrationState, pk=pk)
            action(request, IntegrationState.objects.filter(pk=pk))
            return redirect(f"{self.admin_site.name}:fin_bridge_integrationstate_change", pk)

        return press

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_pause"] = self.has_pause_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)
