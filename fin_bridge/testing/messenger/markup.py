"""The contract's HTML: made of a customer's text, read as text, cleaned for the Messenger."""

import html
import re
from collections.abc import Callable

import nh3

_SHOWN = {"p", "h1", "h2", "b", "i", "a", "img", "br", "code", "ul", "ol", "li"}
_SMALL_HEADINGS = {"h3", "h4", "h5", "h6"}
_BLOCK_END = re.compile(r"<br\s*/?>|</(?:p|h[1-6]|li|ul|ol)>", re.IGNORECASE)


def from_text(text: str) -> str:
    """Paragraphs of what somebody typed: an empty line divides them."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    lines = (html.escape(paragraph, quote=False) for paragraph in paragraphs)
    return "".join(f"<p>{line.replace(chr(10), '<br>')}</p>" for line in lines if line)


def to_text(markup: str) -> str:
    """What a reader sees, a line for each block."""
    text = html.unescape(nh3.clean(_BLOCK_END.sub("\n", markup), tags=set()))
    return re.sub(r"\n\s*\n+", "\n", text).strip()


def for_page(markup: str, map_url: Callable[[str], str]) -> str:
    """Safe to insert into a page: only the tags that Fin shows, its addresses mapped."""

    def mapped(tag: str, attribute: str, value: str) -> str:
        return map_url(value) if attribute in {"href", "src"} else value

    cleaned = nh3.clean(
        markup,
        tags=_SHOWN | _SMALL_HEADINGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}, "*": set()},
        attribute_filter=mapped,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
    )
    return re.sub(r"(</?)h[3-6]>", r"\1h2>", cleaned)
