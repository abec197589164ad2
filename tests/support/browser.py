"""The system's Chromium for tests in a browser; left out if there is none."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.left_out import leave_out

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what uses the browser, so that `-m browser` finds it."""
    if "chromium" in getattr(item, "fixturenames", ()):
        item.add_marker("browser")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium with a profile of its own.

    While it runs Django must not object to queries: Playwright's event loop lives in this thread.
    """
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        leave_out("Chromium")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a fresh profile that fails the test on an error of its scripts."""
    with chromium.new_context() as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == []
