"""Leaves out a test whose server or browser is absent, and says so at the end of the run."""

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
