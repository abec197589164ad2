"""The agents' addresses, for `path("fin/", include("fin_bridge.agent_ui.urls"))`."""

from __future__ import annotations

from django.db.transaction import non_atomic_requests
from django.urls import path

from .views import TakeOver, Typing

app_name = "fin_bridge_agent_ui"

urlpatterns = [
    # With ATOMIC_REQUESTS each suppressed keystroke would open a transaction.
    path("typing/", non_atomic_requests(Typing.as_view()), name="typing"),
    path("take-over/", TakeOver.as_view(), name="take-over"),
]
