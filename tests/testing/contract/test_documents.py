import pytest

from fin_bridge.testing import Dialect
from fin_bridge.testing.contract import DIALECTS, Document
from tests.support.contract_bodies import OPERATIONS, USER, answer


@pytest.mark.parametrize("dialect", DIALECTS)
def test_both_dialects_have_the_nine_operations(dialect: Dialect) -> None:
    assert Document.load(dialect).operations.keys() == OPERATIONS


def test_the_dialects_differ_in_the_status_of_a_creation() -> None:
    assert answer("posts_only", "create_user", USER, status=200).problems == []
    verdict = answer("rest", "create_user", USER, status=200)
    assert verdict.problems == ["status: 200 is not promised for create_user (201 is)"]
    assert verdict.is_usable
