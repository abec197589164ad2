"""Plain text to HTML, and Fin's HTML to plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final
from urllib.parse import unquote

from .blocks import FinBlock, Run
from .fin_html import read

_NBSP: Final = "\N{NO-BREAK SPACE}"
_KEPT: Final = re.compile(r"(?m)^ |(?<= ) ")
"""Spaces that a page would not show: those that a line begins with, and those after another."""
_SPACES: Final = re.compile(rf"(?m)^[ {_NBSP}]+|[ {_NBSP}]{{2,}}")


def from_text(text: str) -> str:
    """Plain text as HTML: a blank line parts paragraphs, a newline breaks the line.

    Indentation and columns are kept, for levels and tables are told by them.
    """
    text = text.replace("\r\n", "\n").expandtabs(4).strip("\n")
    paragraphs = re.split(r"\n\s*\n", text.rstrip())
    return "".join(f"<p>{_lines(paragraph)}</p>" for paragraph in paragraphs if paragraph.strip())


def _lines(paragraph: str) -> str:
    kept = _KEPT.sub(_NBSP, paragraph)
    return html.escape(kept, quote=False).replace("\n", "<br>")


def to_text(markup: str) -> str:
    """Sanitised HTML of Fin's tags as plain text.

    Lists have their numbers, and their levels by indentation; links and pictures are followed by
    their address, unless the text is that address.
    """
    written = "".join(_written(read(markup)))
    return _SPACES.sub(lambda found: " " * len(found[0]), written).strip("\n")


def _written(blocks: Sequence[FinBlock]) -> Iterator[str]:
    before = None
    for block in blocks:
        if before is not None:
            yield "\n" if _is_close(before, block) else "\n\n"
        yield _indented(block, block.shared(before))
        before = block


def _is_close(before: FinBlock, block: FinBlock) -> bool:
    """Whether no blank line stands between two blocks: both are in one list."""
    return bool(before.items and block.items) and before.items[0].of == block.items[0].of


def _indented(block: FinBlock, shared: int) -> str:
    """A block behind the marks of the items that begin with it."""
    known = " " * sum(len(item.marker) + 1 for item in block.items[:shared])
    marks = "".join(f"{item.marker} " for item in block.items[shared:])
    lines = ["".join(_words(line)) for line in block.lines()]
    indent = "\n" + known + " " * len(marks)
    return (known + marks + indent.join(lines)).rstrip()


def _words(runs: Iterable[Run]) -> Iterator[str]:
    for href, group in groupby(runs, lambda run: run.href):
        shown = "".join(map(_shown, group))
        yield shown if not href or _is_told(shown, href) else f"{shown} ({href})".lstrip()


def _shown(run: Run) -> str:
    if run.image is None:
        return run.text
    name = f"[{run.text or 'image'}]"
    return f"{name} ({run.image})" if run.image else name


def _is_told(shown: str, href: str) -> bool:
    """Whether a text tells its address: `mailto:` and the end of an address add nothing to it."""
    return _address(href) in {_address(word.strip("()<>,;")) for word in shown.split()}


def _address(text: str) -> str:
    bare = re.sub(r"^(?:mailto|tel):", "", unquote(text.strip()), flags=re.IGNORECASE)
    return bare.removesuffix("/")
