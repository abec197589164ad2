"""Every check is triggered by its mistake, documented, and silent where all is well."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.checks import test_credentials, test_description, test_integrations, test_settings
from tests.support.checked import (
    found,
)

ROOT = Path(__file__).resolve().parents[2]


def documented() -> set[str]:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `fin_bridge\.([EW]\d{3})` \|", page, flags=re.MULTILINE))


def in_the_source() -> list[str]:
    folder = ROOT / "fin_bridge" / "checks"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    return re.findall(r'"fin_bridge\.([EW]\d{3})"', source)


def test_nothing_is_wrong_with_what_is_well() -> None:
    assert found() == []


def test_every_id_is_unique_documented_and_triggered_by_a_test() -> None:
    source = in_the_source()
    assert len(source) == len(set(source))
    assert set(source) == documented()
    elsewhere = {"E080", "E081", "E082", "W006", "W007", "W008"}
    folder = (test_credentials, test_description, test_integrations, test_settings)
    tried = {check for module in folder for check, *_ in module.MISTAKES}
    tried |= {check for check, _ in test_description.DESCRIPTIONS}
    assert set(source) == tried | elsewhere


@pytest.mark.django_db
def test_no_check_asks_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert found() == []
