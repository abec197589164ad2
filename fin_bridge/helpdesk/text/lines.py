"""Lines of inline HTML in Fin's tags, made from texts and their marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from .looks import Mark

Line = list[str]
"""A line in fragments, each of which closes what it opens, so that each is whole HTML."""

_FRAGMENT: Final = 4096
"""Characters, roughly: no fragment is much longer."""

_TAGS: Final = ("b", "i", "code")
_RAISED: Final = {"sup": "^", "sub": "_"}
_OPEN: Final = {
    **{tag: f"<{tag}>" for tag in _TAGS},
    **_RAISED,
    "s": "~",
    "q": "\N{LEFT DOUBLE QUOTATION MARK}",
}
_CLOSE: Final = {
    **{tag: f"</{tag}>" for tag in ("a", *_TAGS)},
    "s": "~",
    "q": "\N{RIGHT DOUBLE QUOTATION MARK}",
}
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")
_SPACED: Final = re.compile(r"[\t\n\r\f]|  ")
_UNSEEN: Final = re.compile(
    r"[\s\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}-\u200f\u2060\ufeff\xad\u034f]*"
)
_NEWLINE: Final = re.compile(r"\r\n?|\n")
_INDENTATION: Final = re.compile(r"^ +|(?<= ) +")
_MORE_SPACES: Final = re.compile(r"(?<= ) +")
_TAG: Final = re.compile(r"<[^>]*>")
_SIMPLE: Final = re.compile(r"[+\N{MINUS SIGN}-]?\w+|[\[(][^\])]*[\])]")
_NBSP: Final = "\N{NO-BREAK SPACE}"


def is_unseen(text: str) -> bool:
    """Return whether a text shows nothing: white space, and characters of no width."""
    return _UNSEEN.fullmatch(text) is not None


class Lines:
    """The lines of one block; what precedes the first word and follows the last is left out."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.line: Line = []
        self.parts: list[str] = []
        self.is_empty = True
        """Whether there is nothing to read so far."""
        self.size = 0
        self.marks: list[tuple[Mark, int]] = []
        """What is open, and where in `parts` it begins."""
        self.lead = ""
        self.breaks = 0

    def begin(self) -> None:
        """Forget what was before the first word: white space and breaks."""
        self.lead, self.breaks = "", 0

    @property
    def _is_fresh(self) -> bool:
        return not (self.line or self.parts) or self.breaks > 0

    def add(self, text: str, marks: Sequence[Mark], *, is_kept: bool = False) -> None:
        """Add a text; `is_kept` says that its lines and spaces are kept."""
        if is_kept:
            self._add_kept(text, marks)
            return
        if _SPACED.search(text):
            text = _SPACES.sub(" ", text)
        self._add_parts(text, marks)

    def _add_parts(self, text: str, marks: Sequence[Mark]) -> None:
        if len(text) <= _FRAGMENT:
            self._add_words(text, marks)
            return
        for start in range(0, len(text), _FRAGMENT):
            self._add_words(text[start : start + _FRAGMENT], marks)

    def _add_kept(self, text: str, marks: Sequence[Mark]) -> None:
        for number, line in enumerate(_NEWLINE.split(text)):
            if number:
                self.end_line()
            if line:
                spaces = _INDENTATION if self._is_fresh else _MORE_SPACES
                self._add_parts(spaces.sub(_unbroken, line.expandtabs(4)), marks)

    def _add_words(self, text: str, marks: Sequence[Mark]) -> None:
        if not text[:1].isalnum() and is_unseen(text):
            self.lead += text.lstrip(" ") if self._is_fresh and not self.lead else text
            self.lead = self.lead[:_FRAGMENT]
            return
        words = text.strip(" ")
        lead = f"{self.lead} " if text[0] == " " else self.lead
        if self._is_fresh:
            lead = lead.lstrip(" ")
        if self.breaks:
            self._break()
        self._mark(marks, _SPACES.sub(" ", lead) if lead else "")
        self._put(escape(words, quote=False))
        self.lead = " " if text[-1] == " " else ""

    def add_picture(self, html: str, marks: Sequence[Mark]) -> None:
        """Add the HTML of a picture."""
        lead = "" if self._is_fresh else self.lead
        self._break()
        self._mark(marks, escape(lead, quote=False))
        self._put(html)
        self.lead = ""

    def end_line(self) -> None:
        """End the line; a break that nothing follows is left out."""
        self.breaks += 1
        self.lead = ""

    def begin_line(self) -> None:
        """End the line if there is anything in it."""
        if not self._is_fresh:
            self.end_line()

    def end(self) -> list[Line]:
        """Return the lines, without those at the end that are empty."""
        if self.lines or self.line:
            self._end_line()
            return self.lines
        self._close(0)
        return [["".join(self.parts)]]

    def _put(self, html: str) -> None:
        self.is_empty = False
        self.parts.append(html)
        self.size += len(html)
        if self.size > _FRAGMENT:
            self._end_fragment()

    def _break(self) -> None:
        if self.is_empty:
            self.breaks = 0
        for _ in range(self.breaks):
            self._end_line()
        self.breaks = 0

    def _end_line(self) -> None:
        self._end_fragment()
        self.lines.append(self.line)
        self.line = []

    def _end_fragment(self) -> None:
        self._close(0)
        if self.parts:
            self.line.append("".join(self.parts))
        self.parts, self.size = [], 0

    def _mark(self, wanted: Sequence[Mark], lead: str) -> None:
        """Close the marks that end before the lead, and open those that begin after it."""
        if not (self.marks or wanted):
            if lead:
                self.parts.append(lead)
            return
        common = 0
        for (mark, _), other in zip(self.marks, wanted, strict=False):
            if mark != other:
                break
            common += 1
        self._close(common)
        if lead:
            self.parts.append(lead)
        for mark in wanted[common:]:
            self.marks.append((mark, len(self.parts)))
            self.parts.append(_opening(mark))

    def _close(self, common: int) -> None:
        while len(self.marks) > common:
            (name, _), position = self.marks.pop()
            if name in _RAISED:
                self._raise(name, position)
            else:
                self.parts.append(_CLOSE[name])

    def _raise(self, name: str, position: int) -> None:
        """Say that a text is above or below the line: 10^5, x^(n + 1), H_2O; not of a sign."""
        text = _TAG.sub("", "".join(self.parts[position + 1 :]))
        if not any(character.isalnum() for character in text):
            self.parts[position] = ""
        elif not _SIMPLE.fullmatch(text):
            self.parts[position] += "("
            self.parts.append(")")


def _unbroken(spaces: re.Match[str]) -> str:
    return _NBSP * len(spaces[0])


def _opening(mark: Mark) -> str:
    name, value = mark
    return f'<a href="{escape(value)}">' if name == "a" else _OPEN[name]
