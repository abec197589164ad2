"""Leaves out the long tests, and those whose server or browser is absent; says so at the end."""

import os
from collections import Counter
from collections.abc import Generator
from typing import NoReturn

import pytest


def leave_out(what: str) -> NoReturn:
    """End the running test for want of `what`; with FIN_BRIDGE_REQUIRE_SERVICES=1 it fails."""
    if os.environ.get("FIN_BRIDGE_REQUIRE_SERVICES") == "1":
        pytest.fail(f"needs {what}, which was not found", pytrace=False)
    pytest.skip(f"needs {what}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option by which nothing is left out that can be run."""
    parser.addoption(
        "--exhaustive",
        action="store_true",
        help="run the long tests too: corpora, browsers, real processes, whole hosts",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a long test, before any of its fixtures starts a server."""
    long = any(item.get_closest_marker(name) for name in ("exhaustive", "browser"))
    if long and not item.config.getoption("exhaustive"):
        pytest.skip("needs --exhaustive: make test ARGS=--exhaustive")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """One line below pytest's own: how many tests were left out, and for want of what."""
    yield
    wanted: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        _, _, reason = report.longrepr
        if "needs " in reason:
            wanted[reason.partition("needs ")[2]] += 1
    if wanted:
        counts = (
            f"{count} {'test needs' if count == 1 else 'tests need'} {what}"
            for what, count in sorted(wanted.items())
        )
        terminalreporter.write_line(f"left out: {', '.join(counts)}", yellow=True)
