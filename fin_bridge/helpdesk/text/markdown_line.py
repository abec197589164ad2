"""The runs of one line as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Final
from unicodedata import category

from .blocks import Run
from .renderers import Dialect

_BARE: Final = re.compile(r"((?:https?|ftp)://[^\s<>\"']*[^\s<>\"'.,:!?)#])", re.IGNORECASE)
_END: Final = re.compile(r"[.,:;!?)]*(\s|$)")
_AUTOLINKED: Final = re.compile(r"https?://(?:[\w.~:/?#@!$+,;=*-]|&(?!#?\w+;))+", re.ASCII)
"""An address that every renderer shows as it is; others are decoded by some."""
_NOT_IN_ADDRESSES: Final = re.compile(r"""[\s<>()\[\]\\`"|\x00-\x1f]""")
_BALANCED: Final = re.compile(r"(?:[^()]|\([^()]*\))*")
_ENTITY: Final = re.compile(r"&(?=#?\w+;)")
_OPEN_END: Final = re.compile(r"(?<!\\)(?:\\\\)*[!\]]$")
"""A mark that nothing makes a text of yet."""
_PARTS: Final = re.compile(r"^\s+|\S(?:.*\S)?|\s+$", re.DOTALL)


@dataclass
class _Text:
    """A piece of a line that is no mark of emphasis."""

    written: str


@dataclass
class _Pair:
    """Two marks of emphasis, and how they are written."""

    mark: str


@dataclass
class _Mark:
    """A mark is one of a pair; `step` leads from it to what the pair encloses."""

    pair: _Pair
    step: int

    @property
    def written(self) -> str:
        return self.pair.mark


_Token = _Text | _Mark


class Line:
    """The runs of a line, none of which is a break, as Markdown."""

    def __init__(self, runs: Iterable[Run], dialect: Dialect) -> None:
        self.dialect = dialect
        self.runs = list(_apart(runs))
        self.tokens: list[_Token] = []
        for href, group in groupby(self.runs, lambda run: run.href):
            if href:
                self.tokens += self._link(href, list(group))
            else:
                self.tokens += self._emphasised(list(group))
        self._place_marks()
        for token, following in pairwise(self.tokens):
            _part(token, following, dialect)

    def __str__(self) -> str:
        return "".join(token.written for token in self.tokens)

    def _emphasised(self, runs: Sequence[Run]) -> Iterator[_Token]:
        for bold, group in groupby(runs, lambda run: run.bold):
            tokens: list[_Token] = []
            for italic, part in groupby(group, lambda run: run.italic):
                found: list[_Token] = [_Text(text) for run in part for text in self._written(run)]
                tokens += _marked(found, "*") if italic else found
            yield from _marked(tokens, "**") if bold else tokens

    def _place_marks(self) -> None:
        marks = [(n, token) for n, token in enumerate(self.tokens) if isinstance(token, _Mark)]
        for token, following in pairwise(self.tokens):
            if isinstance(token, _Mark) and isinstance(following, _Mark):
                _tell_apart(token.pair, following.pair)
        left_out = marks
        while left_out:  # what stood next to such a mark stands next to another text now
            left_out = [(number, mark) for number, mark in marks if self._put_right(number, mark)]

    def _put_right(self, number: int, mark: _Mark) -> bool:
        """Have a mark between a letter and a sign enclose the side that it is to enclose.

        The letter is written as a reference, which counts as a sign, or else the mark is left
        out; whether it was is returned.
        """
        outer, inner = self._next(number, -mark.step), self._next(number, mark.step)
        if not mark.written or not isinstance(outer, _Text) or inner is None:
            return False
        letter = outer.written[-1 if mark.step > 0 else 0]
        sign = inner.written[0 if mark.step > 0 else -1]
        if not _is_letter(letter) or (mark.written != "_" and _is_letter(sign)):
            return False
        if not self.dialect.knows_references:
            mark.pair.mark = ""
            return True
        reference = self.dialect.character(letter)
        if mark.step > 0:
            outer.written = outer.written[:-1] + reference
        else:
            outer.written = reference + outer.written[1:]
        return False

    def _next(self, number: int, step: int) -> _Token | None:
        """The nearest token with a text in a direction."""
        end = len(self.tokens) if step > 0 else -1
        places = range(number + step, end, step)
        return next((self.tokens[n] for n in places if self.tokens[n].written), None)

    def _link(self, href: str, runs: Sequence[Run]) -> list[_Token]:
        tokens = list(self._emphasised(runs))
        if any(token.written == f"<{href}>" for token in tokens):
            return tokens
        return [_Text("["), *tokens, _Text(f"]({_address(href)})")]

    def _written(self, run: Run) -> Iterator[str]:
        if run.image is not None:
            yield self._picture(run)
        elif run.code:
            yield _code(run.text)
        elif run.href == run.text and _AUTOLINKED.fullmatch(run.href):
            yield f"<{run.href}>"
        elif run.href:
            yield self.dialect.text(run.text, in_emphasis=True)
        else:
            yield from self._with_addresses(run)

    def _with_addresses(self, run: Run) -> Iterator[str]:
        """An address in a text is as it is where no renderer would read a mark into it."""
        in_emphasis = run.bold or run.italic
        parts = _BARE.split(run.text)
        for number, part in enumerate(parts):
            written = self.dialect.text(part, in_emphasis=in_emphasis)
            if number % 2 == 0:
                yield written
            elif written == part and "%" not in part and self._is_end(run, parts[number + 1]):
                yield part
            elif _AUTOLINKED.fullmatch(part):
                yield f"<{part}>"
            else:
                yield f"[{self.dialect.text(part, in_emphasis=True)}]({_address(part)})"

    def _is_end(self, run: Run, behind: str) -> bool:
        """Whether an address ends in front of a text of the run."""
        end = _END.match(behind)
        is_last = run is self.runs[-1] and not (run.bold or run.italic)
        return end is not None and (bool(end[1]) or is_last)

    def _picture(self, run: Run) -> str:
        name = self.dialect.text(" ".join(run.text.split()), in_emphasis=True)
        return f"![{name}]({_address(run.image)})" if run.image else f"\\[{name or 'image'}\\]"


def _apart(runs: Iterable[Run]) -> Iterator[Run]:
    """Marks stand next to a letter: a space between two looks has what both have."""
    parts = [
        replace(run, text=text)
        for run in runs
        for text in (_PARTS.findall(run.text) if run.is_text else [run.text])
    ]
    for number, part in enumerate(parts):
        if part:
            yield part
        elif 0 < number < len(parts) - 1:
            yield _between(parts[number - 1], part.text, parts[number + 1])


def _between(before: Run, space: str, after: Run) -> Run:
    """Links enclose bold text, which encloses italics: what ends takes along what it encloses."""
    if before.href != after.href:
        return Run(space)
    if before.bold != after.bold:
        return Run(space, href=before.href)
    italic = before.italic and after.italic
    return Run(space, bold=before.bold, italic=italic, href=before.href)


def _marked(tokens: list[_Token], mark: str) -> list[_Token]:
    pair = _Pair(mark)
    return [_Mark(pair, 1), *tokens, _Mark(pair, -1)]


def _tell_apart(*pairs: _Pair) -> None:
    """Next to another mark, that of italics is another character."""
    for pair in pairs:
        pair.mark = "_" if pair.mark == "*" else pair.mark


def _part(token: _Token, following: _Token, dialect: Dialect) -> None:
    """Have a link behind a text be no picture, and no part of another link."""
    is_mistaken = following.written.startswith("[") and _OPEN_END.search(token.written)
    if isinstance(token, _Text) and is_mistaken:
        token.written = token.written[:-1] + dialect.character(token.written[-1])


def _is_letter(character: str) -> bool:
    return not character.isspace() and category(character)[0] not in "PS"


def _address(url: str) -> str:
    kept = "()" if _BALANCED.fullmatch(url) else ""
    safe = _NOT_IN_ADDRESSES.sub(
        lambda found: found[0] if found[0] in kept else f"%{ord(found[0]):02X}", url
    )
    return _ENTITY.sub("&amp;", safe)


def _code(text: str) -> str:
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
