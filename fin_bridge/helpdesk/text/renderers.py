"""The libraries that show a helpdesk's Markdown, by name, and what dialect each one reads."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Final

_PUNCTUATION: Final = r"!-/:-@\[-`{-~"

_MARK: Final = re.compile(
    rf"""
    \\(?=[{_PUNCTUATION}]|$)            # it would escape what follows, or break the line
    | [`*]
    | _(?![^\W_]) | (?<![^\W_])_        # within a word it is none
    | ^\[                               # a definition
    | ^\{{ | (?<!\{{)\{{(?=\{{*[^{{}}]*\}}+$)  # attributes of what stands in front
    | \](?=[(\[:])                      # a link
    | <(?!\s)
    | (?<=\S)~ | ~(?![\w/])             # in front of a path or a number it is none
    | &(?=\#?\w+;)
    """,
    re.VERBOSE,
)
_MARK_IN_EMPHASIS: Final = re.compile(rf"[\[\]\\] | ^\^ | {_MARK.pattern}", re.VERBOSE)
"""Brackets of a link's text, and what would make a footnote of it, are marks, too."""

_NAMED: Final = {"<": "&lt;", "&": "&amp;"}
_BACKSLASHED: Final = "\\`*_[{"

_AT_START: Final = re.compile(
    r"""
    [\#>]
    | [+-](?=\s|$)
    | -(?=[ |:-]*$)                     # the line above would be a heading, or that of a table
    | !(?=!!)
    """,
    re.VERBOSE,
)
_UNDERLINE: Final = re.compile(r"=(?=[ =]*$)|[|:](?=[ |:-]*$)|:(?=\s)")
_NUMBER: Final = re.compile(r"^(\d+)([.)])(?=\s|$)")
_CLOSING: Final = re.compile(r"#(?=#*$)")


@dataclass(frozen=True)
class Dialect:
    """A dialect says what a renderer makes of Markdown, as far as renderers differ.

    Where it knows character references, they say what is no mark: Python-Markdown knows fewer
    backslashes than CommonMark. Where it does not, a backslash does.
    """

    knows_references: bool = True
    keeps_numbers: bool = True
    """Whether a list that begins with 3 is shown with the number 3."""

    def character(self, character: str) -> str:
        """A character of which no mark is made."""
        if not self.knows_references:
            return f"\\{character}"
        return _NAMED.get(character) or f"&#{ord(character)};"

    def text(self, text: str, *, in_emphasis: bool = False) -> str:
        """A text within a line. Next to a mark of emphasis or in a link, a backslash misleads."""
        if in_emphasis:
            return _MARK_IN_EMPHASIS.sub(lambda found: self.character(found[0]), text)
        return _MARK.sub(self._mark, text)

    def _mark(self, found: re.Match[str]) -> str:
        return f"\\{found[0]}" if found[0] in _BACKSLASHED else self.character(found[0])

    def line(self, line: str) -> str:
        """A line of Markdown that is to be one of a paragraph."""
        if _AT_START.match(line):
            return f"\\{line}"
        if _UNDERLINE.match(line):
            return self.character(line[0]) + line[1:]
        return _NUMBER.sub(r"\1\\\2", line)

    def heading(self, line: str) -> str:
        """A line of Markdown that is to be a heading."""
        return self.line(_CLOSING.sub(r"\\#", line))


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
