"""Running `manage.py fin_setup`, for tests."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.management import call_command

BASE = "https://helpdesk.example.com/api/fin"


def set_up(*arguments: str) -> str:
    output = io.StringIO()
    call_command("fin_setup", *arguments, stdout=output, no_color=True)
    return output.getvalue()


def set_up_as_json(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(set_up("--json", *arguments))
    return found
