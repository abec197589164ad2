"""Writes the corpus anew with the pinned editors: `make texts`; names of sources may follow."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser

from . import editors
from .editors import CannotError, Editor
from .elements import ELEMENTS, Element
from .renderers import RENDERERS, prose_filter
from .sources import CORPUS, EDITORS
from .sources import RENDERERS as RENDERER_TITLES

_RANDOM = [
    (re.compile(r'(data-list-item-id=")e[0-9a-f]{32}'), r"\1e"),
    (re.compile(r'(data-row="row-)[a-z0-9]{4}'), r"\1"),
]
"""What an editor makes up anew each time is numbered in its place."""

READ_OTHERWISE = {
    ("quill", "continued"): "1. Stop it\n2. Wait\nIt beeps twice.\n1. Start it",
    ("quill-semantic", "continued"): "1. Stop it\n2. Wait\nIt beeps twice.\n1. Start it",
    ("trix", "continued"): "1. Stop it\n2. Wait\nIt beeps twice.\n1. Start it",
    ("trix", "headings"): "# Printer setup\nTurn it on.\nCables\nPlug it in.",
    ("summernote", "continued"): "1. Stop it\n2. Wait\nIt beeps twice.\n1. Start it",
    ("froala", "continued"): "1. Stop it\n2. Wait\nIt beeps twice.\n1. Start it",
    ("froala", "nested"): "1. Open it\n2. Choose one\n  a. Tray A\n  b. Tray B\n3. Close it",
    ("editorjs", "continued"): "1. Stop it\n2. Wait\nIt beeps twice.\n1. Start it",
    ("editorjs", "nested"): "1. Open it\n2. Choose one\n  1. Tray A\n  2. Tray B\n3. Close it",
    ("editorjs", "ticks"): "1. Paper is in\n2. Cable is in",
    ("editorjs", "quote"): "> It does not print.\n> It only beeps.\n-\nWe saw that.",
    ("editorjs", "picture"): "![](https://pictures.example.com/tray.png)",
    ("editorjs", "rule"): "Above it\nBelow it",
    ("markdown", "continued"): "1. Stop it\n2. Wait\nIt beeps twice.\n1. Start it",
    ("markdown", "struck"): "Do ~~not~~ restart it.",
}
"""What a person reads where an editor has made something else of it than was meant."""


def main(names: list[str]) -> None:
    """Write the files of the sources that are named, or of all."""
    editors.install()
    CORPUS.mkdir(exist_ok=True)
    with editors.chromium() as browser:
        for name, (title, package) in EDITORS.items():
            if not names or name in names:
                _write(name, f"{title} {_version(package)}", _written_by(name, browser))
    for name, (title, package) in RENDERER_TITLES.items():
        if not names or name in names:
            _write(name, f"{title} {version(package)}", _rendered_by(name))


def _version(package: str) -> str:
    pinned = json.loads((editors.HERE / "package.json").read_text(encoding="utf-8"))
    return pinned["dependencies"].get(package) or version(package)


def _written_by(name: str, browser: Browser) -> Callable[[Element], str]:
    driver, _, variant = name.partition("-semantic")
    editor = Editor(browser, driver, "#semantic" if name != driver else variant)
    if name == "django-prose-editor":
        return lambda element: prose_filter(editor.write(element))
    return editor.write


def _rendered_by(name: str) -> Callable[[Element], str]:
    return lambda element: RENDERERS[name](element.markdown)


def _write(name: str, title: str, write: Callable[[Element], str]) -> None:
    parts, cannot = [], []
    for element in ELEMENTS:
        try:
            markup = _settled(write(element))
        except CannotError:
            cannot.append(element.name)
            continue
        reads = READ_OTHERWISE.get((name, element.name), element.reads)
        parts.append(f"[{element.name}]\nhtml = '''\n{markup}'''\nreads = '''\n{reads}'''\n")
    head = f'title = "{title}"\ncannot = {_listed(cannot)}\n'
    Path(CORPUS / f"{name}.toml").write_text("\n".join([head, *parts]), encoding="utf-8")
    sys.stdout.write(f"{title}: {len(parts)} elements\n")


def _listed(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _settled(markup: str) -> str:
    for pattern, put in _RANDOM:
        seen: dict[str, str] = {}
        markup = pattern.sub(
            lambda found, seen=seen, put=put: (
                found.expand(put)  # type: ignore[misc]
                + seen.setdefault(found[0], str(len(seen) + 1))
            ),
            markup,
        )
    return markup


if __name__ == "__main__":
    main(sys.argv[1:])
