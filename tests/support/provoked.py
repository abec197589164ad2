"""A browser in which whatever a page could execute is provoked to do so, and noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

WATCH = """
window.executed = [];
window.pwn = (what) => { window.executed.push(location.pathname); };
window.alert = window.prompt = window.confirm = window.pwn;
"""
PROVOKE = """
for (const each of document.querySelectorAll("*")) {
    for (const name of ["mouseover", "focus", "toggle", "animationstart", "load", "error"])
        each.dispatchEvent(new Event(name));
    // As the browser reads it; a mere link would only open a window. Here, and not in another.
    if (each.localName === "a" && !["http:", "https:", "mailto:"].includes(each.protocol)) {
        each.target = "";
        each.click?.();
    }
}
"""


@contextmanager
def provoking(chromium: Browser) -> Iterator[Page]:
    """A page that reaches no other host, and that no policy of its server's protects."""
    with chromium.new_context(bypass_csp=True) as context:
        context.add_init_script(WATCH)
        context.route(re.compile(r"^https?://(?!localhost|127\.)"), lambda route: route.abort())
        yield context.new_page()


def executed(page: Page) -> list[str]:
    """What has been, when all was tried; the code of the vectors calls `pwn`."""
    page.evaluate(PROVOKE)
    found: list[str] = page.evaluate("window.executed")
    return found
