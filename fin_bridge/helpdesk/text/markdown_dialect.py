"""Text that Markdown would read as markup is written to be read as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
