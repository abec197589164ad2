"""HTML both ways: sanitised, in the tags that Fin writes and shows (contract, section 2)."""

from __future__ import annotations

import html
import re
from functools import cache
from html.parser import HTMLParser
from typing import Final

import nh3

from ..conf import conf
from .portions import sanitise

FINS_TAGS: Final = frozenset(
    {"p", "h1", "h2", "b", "i", "a", "img", "br", "code", "ul", "ol", "li"}
)
_ATTRIBUTES: Final = {"a": {"href"}, "img": {"src", "alt"}, "*": set[str]()}  # else lang, title
_SCHEMES: Final = {"http", "https", "mailto", "tel"}

_PARAGRAPH: Final = ("<p>", "</p>")
_TRANSLATED: Final = {
    "strong": ("<b>", "</b>"),
    "em": ("<i>", "</i>"),
    "pre": ("<p><code>", "</code></p>"),
    "hr": ("<p></p>", ""),
    "blockquote": _PARAGRAPH,
    "table": ("<p></p>", "<p></p>"),
    "td": ("", " "),
    "th": ("", " "),
    **dict.fromkeys(["h3", "h4", "h5", "h6"], ("<h2>", "</h2>")),
    **dict.fromkeys(
        ["article", "dd", "div", "dl", "dt", "figure", "footer", "header", "section", "tr"],
        _PARAGRAPH,
    ),
}
"""Tags that Fin does not know, and what shows the same in those that it does."""

_KNOWN: Final = {*FINS_TAGS, *_TRANSLATED}
_SILENT: Final = {"script", "style", "title"}
"""Tags whose content is nothing to read."""

_TO_TRANSLATE: Final = re.compile(rf"<(?:{'|'.join(_TRANSLATED)}|img)[ >]")
_EMPTY: Final = re.compile(r"<p>(?:\s|<br>)*</p>|<(h[12])>\s*</\1>")


def to_fin(markup: str) -> str:
    """Sanitised, and told in Fin's tags; nothing readable is lost."""
    base = conf.public_url if "=" in markup else ""  # no address is without one in front of it
    known = sanitise(markup, _sanitiser(base).clean)
    if not _TO_TRANSLATE.search(known):
        return known
    translator = _Translator()
    translator.feed(known)
    translator.close()
    return _EMPTY.sub("", from_fin("".join(translator.out)))


def from_fin(markup: str) -> str:
    """What Fin wrote, sanitised: its own tags and nothing that executes."""
    return sanitise(markup, _FINS.clean)


_FINS: Final = nh3.Cleaner(
    tags=set(FINS_TAGS), attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None
)


@cache
def _sanitiser(base: str) -> nh3.Cleaner:
    """What leads into the helpdesk's own pages is completed: from Fin's it would lead nowhere.

    Made once, since that takes longer than most texts do.
    """
    return nh3.Cleaner(
        tags=_KNOWN,
        clean_content_tags=_SILENT,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative=("rewrite_with_base", f"{base}/") if base else "pass_through",
        link_rel=None,
    )


class _Translator(HTMLParser):
    """Says what the sanitiser left in Fin's tags; what they are nested in is mended afterwards."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.quotes = self.preformatted = 0
        self.fresh = False
        """Whether a quoted line begins here."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quotes += tag == "blockquote"
        self.preformatted += tag == "pre"
        if tag == "img":
            self._image(dict(attrs))
        elif tag in _TRANSLATED:
            self.out.append(_TRANSLATED[tag][0])
        else:
            self.out.append(str(self.get_starttag_text()))
        self.fresh = self.fresh or tag in {"blockquote", "p", "div", "br"}

    def handle_endtag(self, tag: str) -> None:
        self.quotes -= tag == "blockquote"
        self.preformatted -= tag == "pre"
        self.out.append(_TRANSLATED[tag][1] if tag in _TRANSLATED else f"</{tag}>")

    def _image(self, attributes: dict[str, str | None]) -> None:
        """One without an address that Fin can load, such as `cid:` of a mail, is named."""
        if attributes.get("src"):
            self.out.append(str(self.get_starttag_text()))
        else:
            self.handle_data(html.escape(f"[{attributes.get('alt') or 'image'}]", quote=False))

    def handle_data(self, data: str) -> None:
        if self.preformatted:
            data = data.replace("\n", "<br>")
        if self.quotes and self.fresh and data.strip():
            self.out.append("&gt; " * self.quotes)
            self.fresh = False
        self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")


def from_text(text: str) -> str:
    """Plain text as HTML: a blank line parts paragraphs, a newline breaks the line."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "".join(f"<p>{_lines(paragraph)}</p>" for paragraph in paragraphs if paragraph)


def _lines(paragraph: str) -> str:
    return html.escape(paragraph, quote=False).replace("\n", "<br>")


def to_text(markup: str) -> str:
    """HTML as plain text: paragraphs apart, list items marked, addresses of links kept."""
    reader = _TextReader()
    reader.feed(from_fin(markup))
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.text)).strip()


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.href: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a":
            self.href = values.get("href")
        elif tag == "img":
            self.text.append(f"[{values.get('alt') or values.get('src') or 'image'}]")
        else:
            self.text.append({"br": "\n", "li": "\n- "}.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.href:
            self.text.append(f" ({self.href})")
        elif tag in {"p", "h1", "h2", "ul", "ol"}:
            self.text.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
