"""What fields and parts see of each other is what there is."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge.helpdesk import current, owner


def members(protocol: Any) -> set[str]:
    """The names that a protocol asks for."""
    classes = [kind for kind in protocol.__mro__ if kind.__module__ == owner.__name__]
    named = {name for kind in classes for name in (*vars(kind), *kind.__annotations__)}
    return {name for name in named if not name.startswith("_")}


@pytest.mark.parametrize(
    ("protocol", "name"),
    [
        (owner.Staff, "agents"),
        (owner.Customers, "end_users"),
        (owner.Owner, "conversations"),
        (owner.FirstMessage, "opening"),
    ],
)
def test_a_part_has_what_the_others_see_of_it(protocol: Any, name: str) -> None:
    part = getattr(current(), name)
    assert {"read", "save", "find"} <= members(protocol)
    assert [member for member in members(protocol) if not hasattr(part, member)] == []


def test_the_description_and_its_fields_have_what_parts_see_of_them() -> None:
    desk = current()
    assert [member for member in members(owner.Desk) if not hasattr(desk, member)] == []
    fields = [field for part in desk.parts for field in part.fields.values()]
    assert all(hasattr(field, name) for field in fields for name in members(owner.Descriptor))
