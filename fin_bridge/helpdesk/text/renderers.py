"""The libraries that show a helpdesk's Markdown, by name, and what dialect each one reads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Final

from .markdown_dialect import Dialect

Renderer = Callable[[str], str]


def _python_markdown(raw_html: bool) -> Renderer:
    from markdown import Markdown

    library = Markdown(extensions=["nl2br", "fenced_code", "sane_lists", "tables"])
    if not raw_html:
        library.preprocessors.deregister("html_block")
        library.inlinePatterns.deregister("html")
    return lambda text: library.reset().convert(text)


def _commonmark(raw_html: bool) -> Renderer:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": raw_html}).render


def _github(raw_html: bool) -> Renderer:
    from markdown_it import MarkdownIt

    return MarkdownIt("gfm-like2", {"html": raw_html, "breaks": True}).render


def _mistune(raw_html: bool) -> Renderer:
    from mistune import create_markdown

    plugins = ["strikethrough", "footnotes", "table", "task_lists"]
    library = create_markdown(escape=not raw_html, plugins=plugins)
    return lambda text: str(library(text))


_MAKERS: Final[Mapping[str, Callable[[bool], Renderer]]] = {
    "python-markdown": _python_markdown,
    "commonmark": _commonmark,
    "github": _github,
    "mistune": _mistune,
}
_NEEDED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "python-markdown": ("markdown", ("markdown",)),
    "commonmark": ("commonmark", ("markdown_it",)),
    "github": ("commonmark", ("markdown_it", "linkify_it")),
    "mistune": ("mistune", ("mistune",)),
}
"""The extra that installs a renderer, and its modules."""


class _Made(threading.local):
    """Renderers are made on first use, as they are optional, one a thread, as some keep state."""

    def __init__(self) -> None:
        self.named = cache(lambda name, raw_html: _MAKERS[name](raw_html))


_made: Final = _Made()


def named(name: str, *, raw_html: bool) -> Renderer:
    """The renderer of a name; without `raw_html` it shows tags as text.

    Raises `KeyError` for an unknown name, and `ImportError` where its library is missing.
    """
    found: Renderer = _made.named(name, raw_html)
    return found


def dialect(render: Renderer) -> Dialect:
    """Return the dialect of a renderer, as it shows on two words."""
    return Dialect(
        knows_references="&amp;" not in render("&#65;"),
        keeps_numbers='start="3"' in render("3. three"),
    )


def problem(name: str) -> str | None:
    """Why no renderer of that name can be used."""
    if name not in _NEEDED:
        names = ", ".join(_NEEDED)
        return f"{name!r} is no renderer of Markdown: name one of {names}, or give a callable"
    extra, modules = _NEEDED[name]
    if all(find_spec(module) for module in modules):
        return None
    return f"The renderer {name!r} is not installed: pip install 'django-fin-bridge[{extra}]'"
