"""Markup in portions of bounded size: what a parser needs for all of it may grow with its square.

A portion ends between two tokens, never inside a tag, a comment, or a character's entity.
Comments, style sheets and scripts are left out on the way, however long they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

SIZE: Final = 16 * 1024
"""Characters of a portion; most messages have less markup."""

_LONG_VALUE: Final = 2048
"""Characters of an attribute; addresses that a mail gateway has rewritten are nearly as long."""

_LONG_TAG: Final = 8192
_SLICE: Final = 4096

DATA: Final = "fin-bridge-data:"
"""It stands for a picture that is written into its own address."""

_ATTRIBUTES: Final = r"""
    (?: [\s/]++ | = | =?[^\s/>=]++
        (?: \s*+=\s*+ (?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^\s>"'][^\s>]*+ )? )?+
    )*+
"""
_TOKEN: Final = re.compile(
    rf"""
    (?P<unread> <!--(?:-?>|.*?(?:--!?>|\Z)) | <[!?][^>]*+>? | </[^a-zA-Z][^>]*+>? )
    | <(?P<closing>/?)(?P<name>[a-zA-Z][^\s/>]*+){_ATTRIBUTES}>?
    | (?: [^<] | <(?![a-zA-Z/!?]) )++ | <
    """,
    re.DOTALL | re.VERBOSE,
)
_UNREAD: Final = {"noembed", "noframes", "script", "style", "title"}
_RAW: Final = {*_UNREAD, "iframe", "textarea", "xmp"}
"""Elements in which tags are characters."""

_RUN: Final = re.compile(
    rf"""
    (?: [^<&]{{1,400}}+ | &[\#\w]{{0,32}}+;?
    | </?(?!(?:{"|".join(sorted(_RAW | {"plaintext"}))})[\s/>]) [a-zA-Z][a-zA-Z0-9:]{{0,30}}+
      (?: \s [a-zA-Z][\w:.-]{{0,30}}+ (?: ="[^"<>]{{0,200}}+" )?+ ){{0,4}}+ /?> ){{1,14}}+
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Texts and tags about which no two parsers differ, a few thousand characters at once."""

_VALUE: Final = re.compile(r"""=\s*+("[^"]*+"|'[^']*+'|[^\s>"']++)""")
_PICTURE: Final = re.compile(r"""=\s*+["']?data:[^"'<>\s]{2048,}+""", re.IGNORECASE)
_PART_OF_ENTITY: Final = re.compile(r"&[#\w]{0,32}\Z")


def portions(markup: str) -> Iterator[tuple[str, bool]]:
    """Yield each portion, and whether it is the last; an only one is the markup itself."""
    if len(markup) <= SIZE:
        yield markup, True
        return
    portion = ""
    for following in _joined(_tokens(markup, _Pictures(markup))):
        if portion:
            yield portion, False
        portion = following
    yield portion, True


def capped(markup: str, limit: int) -> tuple[str, int]:
    """Return the markup up to `limit`, and how many characters are left out.

    Pictures that are written into their own addresses do not count.
    """
    if len(markup) <= limit:
        return markup, 0
    pictures, end = 0, limit
    for found in _PICTURE.finditer(markup):
        if found.start() > limit + pictures:
            break
        pictures += len(found[0])
    end = min(limit + pictures, len(markup))
    if end == len(markup):
        return markup, 0
    near = markup[max(0, end - _SLICE) : end]
    border = max(near.rfind("<"), near.rfind(" "), near.rfind("\n"))
    if border < 0:
        parted = _PART_OF_ENTITY.search(near)
        border = parted.start() if parted else len(near)
    end -= len(near) - border
    return markup[:end], len(markup) - end


def picture(markup: str, address: str) -> str:
    """Return the address that `DATA` and a position stand for in a long markup."""
    position = address.removeprefix(DATA)
    if address == position or not position.isdecimal():
        return address
    start, _, end = _bounds(markup, int(position))
    return markup[start:end]


def _bounds(markup: str, start: int) -> tuple[int, str, int]:
    quote = markup[start - 1 : start]
    if quote in {'"', "'"}:
        end = markup.find(quote, start)
        return start, quote, len(markup) if end < 0 else end
    found = re.compile(r"[\s>]").search(markup, start)
    return start, "", len(markup) if found is None else found.start()


class _Pictures:
    """Shortens a long tag; a picture in it is told by its position in the whole markup."""

    def __init__(self, markup: str) -> None:
        self.markup = markup

    def shortened(self, start: int, end: int) -> str:
        tag = self.markup[start:end]
        if len(tag) <= _LONG_VALUE:
            return tag
        tag = _VALUE.sub(lambda found: self._value(found, start), tag)
        if len(tag) <= _LONG_TAG:
            return tag
        return tag[: re.compile(r"[^\s/>]*").match(tag, 1 + (tag[1] == "/")).end()] + ">"  # type: ignore[union-attr]

    def _value(self, found: re.Match[str], start: int) -> str:
        value = found[1]
        if len(value) <= _LONG_VALUE:
            return found[0]
        quoted = value[0] in {'"', "'"}
        if value[quoted : quoted + 5].lower() != "data:":
            return '=""'
        return f'="{DATA}{start + found.start(1) + quoted}"'


def _tokens(markup: str, pictures: _Pictures) -> Iterator[str]:
    position = 0
    while position < len(markup):
        plain = _RUN.match(markup, position)
        if plain is not None:
            position = plain.end()
            yield plain[0]
            continue
        found = _TOKEN.match(markup, position)
        assert found is not None  # any character begins a token
        position = found.end()
        if found["unread"]:
            continue
        name = (found["name"] or "").lower()
        if not name:
            yield from _slices(found[0])
        elif name in _RAW and not found["closing"]:
            tag = pictures.shortened(found.start(), found.end())
            start, position = position, _end_of(name, markup, position)
            yield from _raw(name, tag, markup[start:position])
        elif name not in _UNREAD and name != "plaintext":
            yield pictures.shortened(found.start(), found.end())


def _end_of(name: str, markup: str, position: int) -> int:
    found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(markup, position)
    return len(markup) if found is None else found.start()


def _raw(name: str, tag: str, content: str) -> Iterator[str]:
    """Yield what is to be read of an element in which tags are characters; its end tag follows."""
    if name == "iframe":
        yield tag
    elif name not in _UNREAD:
        yield "<pre>"
        yield from _slices(content.replace("<", "&lt;"))
        yield "</pre>"


def _slices(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > _SLICE:
        end = start + _SLICE
        parted = _PART_OF_ENTITY.search(text, end - 33, end)
        end = parted.start() if parted and parted.start() > start else end
        yield text[start:end]
        start = end
    yield text[start:]


def _joined(tokens: Iterator[str]) -> Iterator[str]:
    found: list[str] = []
    size = 0
    for token in tokens:
        if size + len(token) > SIZE:
            yield "".join(found)
            found, size = [], 0
        found.append(token)
        size += len(token)
    yield "".join(found)
