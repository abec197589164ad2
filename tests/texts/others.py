"""Well-known converters of HTML to text, read by the judge's own rules."""

from __future__ import annotations

import re
from collections.abc import Callable

import html2text
import inscriptis
import markdownify
from inscriptis.model.config import ParserConfig

from .reading import Line, Run, compose

_NOTATION = [
    (re.compile(r"(?<![\w_])_([^_\n]+)_(?![\w_])"), r"*\1*"),
    (re.compile(r"!\[[^\]\n]*\]"), "![]"),
    (re.compile(r"^((?:> ?)*)\* \* \*$", re.MULTILINE), r"\1---"),
    (re.compile(r"^[-:| ]*-\|-[-:| ]*$\n?", re.MULTILINE), ""),
    (re.compile(r"^\|(?: +\|)+\n", re.MULTILINE), ""),
    (re.compile(r"(?<=[^\s|])\|(?= )"), " |"),
    (re.compile(r"<(https?://[^>\s]+)>"), r"(\1)"),
    (re.compile(r"\\([-+.#*_>`\[\]()!~|])"), r"\1"),
]
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)]) ")


def _html2text(markup: str) -> str:
    converter = html2text.HTML2Text(bodywidth=0)
    return str(converter.handle(markup))


def _inscriptis(markup: str) -> str:
    config = ParserConfig(display_links=True, display_images=True)
    return str(inscriptis.get_text(markup, config))


CONVERTERS: dict[str, Callable[[str], str]] = {
    "html2text": _html2text,
    "markdownify": lambda markup: str(markdownify.markdownify(markup, heading_style="ATX")),
    "inscriptis": _inscriptis,
}


def read(text: str) -> str:
    """The reading of plain text, or of Markdown by its marks."""
    for pattern, put in _NOTATION:
        text = pattern.sub(put, text)
    lines, is_code, before = [], False, ""
    for line in text.splitlines():
        if line.strip().startswith("```"):
            is_code = not is_code
        elif is_code or (line.startswith("    ") and not before.strip() and not _ITEM.match(line)):
            lines.append(Line(runs=[Run(line if is_code else line[4:], frozenset({"code"}))]))
        else:
            lines.append(_line(line))
        before = line if not lines or "code" not in (lines[-1].runs or [Run("")])[0].marks else ""
    return compose(lines)


def _line(text: str) -> Line:
    head = re.match(r"#+ ", text)
    if head:
        return Line(heading=len(head[0]) - 1, runs=[Run(text[len(head[0]) :])])
    return Line(runs=[Run(text)])
