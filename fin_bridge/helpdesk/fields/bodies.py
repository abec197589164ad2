"""The descriptors of texts: what the helpdesk stores them as, and what becomes of long ones."""

from __future__ import annotations

import re
import textwrap
import threading
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any, Final, Literal

from ...exceptions import RefusedError
from .. import html
from ..owner import Context
from .values import OverPath

TooLong = Literal["split", "truncate", "refuse"]


class Body(OverPath):
    """A text of the helpdesk's; Fin's side of it is always HTML.

    `too_long` says what becomes of a text that its column does not hold: it is split into several
    messages, which Fin is shown as one, or truncated, or refused.
    """

    def __init__(self, dotted: str, *, too_long: TooLong = "split") -> None:
        super().__init__(dotted)
        self.too_long = too_long

    def to_fin(self, stored: str) -> str:
        """As HTML of Fin's tags."""
        raise NotImplementedError

    def from_fin(self, markup: str) -> str:
        """As the helpdesk stores it."""
        raise NotImplementedError

    def word(self, value: Any) -> str | None:
        """As HTML; None if there is nothing."""
        return self.to_fin(str(value or "")) or None

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """In the helpdesk's form; raises `RefusedError` for one that is to be refused."""
        stored = self.from_fin(value or "")
        if self.too_long == "refuse" and not self._fits(stored):
            raise RefusedError(f"The helpdesk takes no text of more than {self.limit} characters.")
        return self.path.write(obj, stored, context)

    @property
    def limit(self) -> int | None:
        """How many characters its column holds."""
        return getattr(self.path.column, "max_length", None)

    def _fits(self, stored: str) -> bool:
        return self.limit is None or len(stored) <= self.limit

    def pieces(self, markup: str) -> list[str]:
        """The text in parts that fit; one that has to be cut loses its markup, and no word."""
        if self.too_long != "split" or self._fits(self.from_fin(markup)):
            return [markup]
        text, size = html.to_text(markup), self.limit or 1
        while True:
            pieces = [html.from_text(piece) for piece in _cut(text, size)]
            if size == 1 or all(self._fits(self.from_fin(piece)) for piece in pieces):
                return pieces
            size = max(1, size * 3 // 4)


def _cut(text: str, size: int) -> Iterator[str]:
    """Between words; within one that is longer than a part."""
    wrapper = textwrap.TextWrapper(
        size, expand_tabs=False, replace_whitespace=False, break_on_hyphens=False
    )
    piece = ""
    for line in text.splitlines(keepends=True):
        for part in wrapper.wrap(line) or [""]:
            ending = "\n" if line.endswith("\n") else ""
            if piece and len(piece) + len(part) > size:
                yield piece.rstrip()
                piece = ""
            piece += part + ending
    yield piece.rstrip()


class Html(Body):
    """A body that the helpdesk stores as HTML."""

    def to_fin(self, stored: str) -> str:
        """Sanitised, in Fin's tags."""
        return html.to_fin(stored)

    def from_fin(self, markup: str) -> str:
        """Sanitised before it is stored."""
        return html.from_fin(markup)


class Text(Body):
    """A body that the helpdesk stores as plain text."""

    def to_fin(self, stored: str) -> str:
        """With its paragraphs and lines."""
        return html.from_text(stored)

    def from_fin(self, markup: str) -> str:
        """Flattened: lists marked, addresses of links kept."""
        return html.to_text(markup)


class _Libraries(threading.local):
    """Made on first use, since they are optional; one for each thread, since that takes long."""

    def __init__(self) -> None:
        self.renderer = cache(_renderer)


def _renderer(raw_html: bool) -> Any:
    from markdown import Markdown as Library

    made = Library(extensions=["nl2br", "fenced_code", "sane_lists", "tables"])
    if not raw_html:
        made.preprocessors.deregister("html_block")
        made.inlinePatterns.deregister("html")
    return made


_libraries = _Libraries()

_MEANT: Final = (
    (re.compile(r"\\(?=[\\`*_{}\[\]()>#+.!-])"), r"\\\\"),
    (re.compile(r"[`*_]|\](?=[(\[:])|(?m:^[#>+\[-])"), r"\\\g<0>"),
    (re.compile(r"(?m)^(\d+)\.(?=\s)"), r"\1\\."),
    (re.compile(r"&(?=#?\w+;)"), "&amp;"),
    (re.compile(r"<(?=[A-Za-z/!?])"), "&lt;"),
)
"""What in a text would be read as Markdown or HTML, and how it is written to be read as text."""


@cache
def _converter() -> Any:
    from markdownify import MarkdownConverter

    class Converter(MarkdownConverter):
        def escape(self, text: str, *_: Any) -> str:
            for pattern, written in _MEANT:
                text = pattern.sub(written, text)
            return text

    return Converter(heading_style="ATX", bullets="-")


class Markdown(Body):
    """A body that the helpdesk stores as Markdown; needs the extra `markdown`.

    A newline breaks the line, as in most comment fields. `raw_html=False` says that the helpdesk
    shows tags in it as text.
    """

    def __init__(self, dotted: str, *, too_long: TooLong = "split", raw_html: bool = True) -> None:
        super().__init__(dotted, too_long=too_long)
        self.raw_html = raw_html

    def to_fin(self, stored: str) -> str:
        """Rendered, then sanitised: Markdown may hold any HTML."""
        return html.to_fin(_libraries.renderer(self.raw_html).reset().convert(stored))

    def from_fin(self, markup: str) -> str:
        """With the characters escaped that would be read as Markdown."""
        return str(_converter().convert(html.from_fin(markup))).strip()

    def problems(self) -> Iterator[str]:
        """Besides the path: whether the libraries are there."""
        yield from super().problems()
        if find_spec("markdown") is None or find_spec("markdownify") is None:
            yield "Markdown needs two libraries: pip install 'django-fin-bridge[markdown]'"
