"""Real editors in a real browser, written to by keyboard and by their own commands."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django_prose_editor
from playwright.sync_api import Browser, Page, Route, sync_playwright

from .elements import Element

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
ORIGIN = "http://corpus.localhost"
_PROSE = Path(django_prose_editor.__file__).parent / "static/django_prose_editor/editor.js"
_PAGE = '<!doctype html><meta charset="utf-8"><title>Corpus</title><div id="place"></div>'


class CannotError(Exception):
    """The editor has no such element."""


def install() -> None:
    """Install the pinned packages beside their list; none of their install steps is run."""
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
    subprocess.run(npm, cwd=HERE, check=True)


def bundle(name: str, folder: Path) -> Path:
    """The one script of an editor, its driver and all that they import."""
    made = folder / f"{name}.js"
    subprocess.run(
        [
            MODULES / ".bin" / "esbuild",
            HERE / "editors" / f"{name}.js",
            "--bundle",
            "--format=esm",
            "--log-level=error",
            "--loader:.css=empty",
            f"--alias:django-prose-editor/editor={_PROSE}",
            f"--outfile={made}",
        ],
        check=True,
    )
    return made


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Editor:
    """An editor whose page is made anew for each element."""

    def __init__(self, browser: Browser, driver: str, hash_: str = "") -> None:
        self.driver, self.hash = driver, hash_
        with tempfile.TemporaryDirectory() as folder:
            self._script = bundle(driver, Path(folder)).read_text(encoding="utf-8")
        self._context = browser.new_context(locale="en-GB")
        self._context.route("**/*", self._serve)

    def _serve(self, route: Route) -> None:
        address = route.request.url
        if address.startswith(f"{ORIGIN}/{self.driver}.js"):
            route.fulfill(body=self._script, content_type="text/javascript")
        elif address.startswith(ORIGIN):
            route.fulfill(body=_PAGE, content_type="text/html")
        elif address.endswith(".png"):
            route.fulfill(path=HERE / "tray.png")
        else:
            route.abort()

    def write(self, element: Element) -> str:
        """The HTML that the editor hands out; CannotError where it has no such thing."""
        page = self._context.new_page()
        try:
            page.goto(f"{ORIGIN}/{self.hash}")
            page.add_script_tag(url=f"{ORIGIN}/{self.driver}.js", type="module")
            page.wait_for_function("window.editor")
            self._fill(page, element)
            page.wait_for_timeout(150)
            return str(page.evaluate("editor.html()"))
        finally:
            page.close()

    def _fill(self, page: Page, element: Element) -> None:
        if element.name in page.evaluate("editor.cannot ?? []"):
            raise CannotError
        if page.evaluate("Boolean(editor.blocks)"):
            page.evaluate("(blocks) => editor.write(blocks)", element.blocks)
            return
        page.evaluate("{ editor.focus(); }")
        page.wait_for_timeout(100)  # some take the focus with the next frame
        element.write(Keys(page, element.name in page.evaluate("editor.soft ?? []")))


class Keys:
    """What a person does in an editor."""

    def __init__(self, page: Page, is_soft: bool) -> None:
        self._page = page
        self._next_line = "Shift+Enter" if is_soft else "Enter"

    def type(self, text: str) -> None:
        self._page.keyboard.type(text)
        self._settle()

    def next_line(self) -> None:
        self.press(self._next_line)

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self._page.keyboard.press(key)
        self._settle()

    def may(self, command: str) -> bool:
        return bool(self._page.evaluate("(name) => name in editor.do", command))

    def do(self, command: str, *values: str | int) -> None:
        if not self.may(command):
            raise CannotError
        done = "([name, values]) => Promise.resolve(editor.do[name](...values)).then(() => true)"
        self._page.evaluate(done, [command, list(values)])
        self._settle()

    def leave(self) -> None:
        self.press("Enter", 2)
        if self.may("left"):
            self.do("left")

    def _settle(self) -> None:
        """Editors take in a key after the event, some after the next frame."""
        self._page.evaluate("new Promise((done) => setTimeout(done, 20))")
