"""The table of the operations: each of the contract's stands in it, with its status of success."""

from __future__ import annotations

import pytest

from fin_bridge.api.operations.registry import POSTS_ONLY, REST, Operation
from fin_bridge.testing.contract.documents import Document


@pytest.mark.parametrize(("dialect", "table"), [("rest", REST), ("posts_only", POSTS_ONLY)])
def test_each_operation_of_the_contract_is_there(
    dialect: str, table: dict[str, Operation]
) -> None:
    assert set(table) == set(Document.load(dialect).operations)
    assert [operation.name for operation in table.values()] == list(table)


def test_what_is_created_is_answered_201() -> None:
    created = {name for name, operation in REST.items() if operation.status == 201}
    assert created == {name for name in REST if name.startswith("create_")}
