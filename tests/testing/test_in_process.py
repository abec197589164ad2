from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from fin_bridge.helpdesk import current
from fin_bridge.testing.in_process import ask


@pytest.mark.django_db
def test_what_nobody_foresaw_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(current().agents), "queryset", broken)
    User.objects.create_user("sarah", is_staff=True)
    with pytest.raises(ZeroDivisionError):
        ask("get_agents")
