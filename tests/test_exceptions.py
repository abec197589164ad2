"""Our exceptions: one tree, and each is what a caller would expect it to be."""

import inspect

import pytest
from django.core.exceptions import ImproperlyConfigured

from fin_bridge import exceptions


@pytest.mark.parametrize(
    ("error", "base"),
    [
        (exceptions.ConfigurationError, ImproperlyConfigured),
        (exceptions.NotFoundError, LookupError),
        (exceptions.RefusedError, ValueError),
        (exceptions.NotWritableError, TypeError),
    ],
)
def test_each_error_is_of_a_kind_that_hosts_know(
    error: type[Exception], base: type[Exception]
) -> None:
    assert issubclass(error, base)


def test_all_errors_are_caught_by_one_base() -> None:
    found = inspect.getmembers(exceptions, inspect.isclass)
    ours = [error for _, error in found if error.__module__ == exceptions.__name__]
    assert len(ours) == 5
    assert all(issubclass(error, exceptions.FinBridgeError) for error in ours)
