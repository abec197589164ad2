"""The agents' addresses have the names that templates reverse."""

from __future__ import annotations

from django.urls import resolve, reverse


def test_the_addresses_have_names() -> None:
    assert reverse("fin_bridge_agent_ui:typing") == "/fin/typing/"
    assert reverse("fin_bridge_agent_ui:take-over") == "/fin/take-over/"


def test_a_keystroke_opens_no_transaction_but_taking_over_may() -> None:
    typing, take_over = resolve("/fin/typing/").func, resolve("/fin/take-over/").func
    assert getattr(typing, "_non_atomic_requests", None) == {"default"}
    assert not hasattr(take_over, "_non_atomic_requests")
