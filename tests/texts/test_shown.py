"""What Chromium shows of both sides, compared: what was written, and what Fin is handed."""

import pytest
from playwright.sync_api import Page, Route

from fin_bridge.helpdesk import Html
from tests.texts import shown
from tests.texts.judge import RIGHT, judge
from tests.texts.sources import EDITORS, MAILS, RENDERERS, texts


def _refuse(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("source", [*EDITORS, *RENDERERS, *MAILS])
def test_both_sides_are_shown_alike(page: Page, source: str) -> None:
    page.route("**/*", _refuse)
    for text in texts():
        if text.source == source:
            written = shown.read(page, text.html, source)
            handed = shown.read(page, Html("body").to_fin(text.html))
            assert judge(text.reads, written) in RIGHT, text.name
            right = judge(written, handed) in RIGHT
            assert right, f"{text.name}\n{written}\n\n{handed}"
