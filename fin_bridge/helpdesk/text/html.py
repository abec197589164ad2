"""HTML of the helpdesk in Fin's tags: what they have no tag for is said in text."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from . import numbering, tree
from .embedded import Pictures, Resolve
from .nesting import is_costly
from .portions import SIZE, capped
from .sanitising import link_address, sanitised, sanitised_with_addresses
from .styles import says_nothing
from .walk import Walk
from .writer import Writer

LIMIT: Final = 2**20
"""Characters of markup that are read; pictures that are written into it do not count."""

_WORD: Final = r"""[\w"'(\[\#*+@$-]"""
"""What a text begins with that is seen to be one."""

_ENCLOSED: Final = rf"{_WORD}[^<>\0]*+"
_INLINE: Final = rf"""
    (?= {_WORD} | <(?!br>)[abeis] )
    (?: [^<>&\0]++ | &(?!nbsp;) | &nbsp;(?={_WORD}) | <br>(?={_WORD})
    | <(?:b|strong)> {_ENCLOSED} </(?:b|strong)>
    | <(?:i|em)> {_ENCLOSED} </(?:i|em)>
    | <a\ href="https?://[a-zA-Z0-9.-]++(?:[/?\#][^"<>\s\\\0@]{{0,2048}}+)?"> {_ENCLOSED} </a> )++
"""
_ITEM: Final = rf"<li> (?: <p> {_INLINE} </p> | {_INLINE} ) </li>"
_PLAIN: Final = re.compile(
    rf"""
    (?: \s*+ (?: <p> {_INLINE} </p> | <div> {_INLINE} </div> | <h([1-6])> {_INLINE} </h\1>
    | <ul> (?: \s*+ {_ITEM} )++ \s*+ </ul> | <ol> (?: \s*+ {_ITEM} )++ \s*+ </ol> ) )++ \s*+
    """,
    re.VERBOSE,
)
"""What most messages are made of; it needs no more than to be sanitised."""

_BEGUN: Final = re.compile(r"\s*+(?:<(?:p|h1|h2|ul|ol|li|b|i|code)>\s*+)*+\w")
"""A text that begins with a word, which most do."""

_STYLED: Final = re.compile(
    r"<(p|div|span|ul|ol|li|b|i|em|strong|h[1-6])"
    r"""((?:\s(?:style="[^"<>&]*"|class="Mso(?:Normal|PlainText)"|(?:dir|lang|align)="[\w-]*"))+)>"""
)
_STYLE: Final = re.compile(r'style="([^"]*)"')
_SPAN: Final = re.compile(r"</?span>")
_TOLD: Final = re.compile(r"</?(?:div|em|strong|h[3-6])>|(?<=<li>)<p>|</p>(?=</li>)")
_IN_FINS_TAGS: Final = {
    f"<{closing}{tag}>": f"<{closing}{told}>"
    for closing in ("", "/")
    for tag, told in {
        "div": "p",
        "em": "i",
        "strong": "b",
        **dict.fromkeys(["h3", "h4", "h5", "h6"], "h2"),
    }.items()
}


def to_fin(
    markup: str, *, base: str = "", picture: Resolve | None = None, limit: int = LIMIT
) -> str:
    """Return the HTML in Fin's tags; "" if there is nothing to read in it.

    Addresses without a host are completed with `base`, the helpdesk's public address, or left
    out. `picture` is asked for the https address of each picture by the one that it has in the
    text, such as `cid:` or `data:`; None leaves it to the rule for any address. Of a text of more
    than `limit` characters the rest is left out, which is said.
    """
    plainer = _plainer(markup) if len(markup) <= min(SIZE, limit) else ""
    if _PLAIN.fullmatch(plainer):
        return sanitised(_TOLD.sub(_in_fins_tag, plainer.strip()))
    shortened, left_out = capped(markup, limit)
    counts = numbering.counts(tree.events(shortened)) if "reversed" in shortened else []
    writer = Writer(sanitised)
    walk = Walk(writer, partial(link_address, base=base), Pictures(base, picture), iter(counts))
    walk.read(tree.events(shortened))
    found = writer.end()
    if left_out:
        found += f"<p>[The rest of this text is left out: {left_out:,} characters.]</p>"
    return found


def _plainer(markup: str) -> str:
    """Leave out attributes that change nothing of what is read, and elements of nothing else."""
    if "=" not in markup:
        return markup
    found = _STYLED.sub(_without_looks, markup)
    return found if "<span " in found else _SPAN.sub("", found)


def _without_looks(found: re.Match[str]) -> str:
    styles = _STYLE.findall(found[2])
    return f"<{found[1]}>" if all(says_nothing(style) for style in styles) else found[0]


def _in_fins_tag(found: re.Match[str]) -> str:
    return _IN_FINS_TAGS.get(found[0], "")


def from_fin(markup: str) -> str:
    """Return HTML of Fin's, sanitised: its own tags, and no address into the helpdesk."""
    if len(markup) <= SIZE and not is_costly(markup):
        return sanitised_with_addresses(markup)
    return to_fin(markup)


def is_blank(markup: str) -> bool:
    """Return whether there is nothing to read in a text: no word, no sign, no picture."""
    return _BEGUN.match(markup) is None and not to_fin(markup)
