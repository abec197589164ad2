"""The wording of a message of Fin's: whether it says anything, and what is left of it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Final

from ...helpdesk.text.html import from_fin
from ...helpdesk.text.lines import is_unseen
from ...records import NewMessage

_LAYOUT: Final = re.compile(
    r"</?(?:a|article|b|blockquote|br|code|div|em|fig(?:caption|ure)|font|h[1-6]|hr|i|li|ol|p"
    r"|pre|s|section|span|strong|su[bp]|table|t(?:body|d|foot|h|head|r)|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def says_nothing(body: str) -> bool:
    """Return whether a body is markup without a word, such as an editor leaves behind.

    Tags that lay nothing out may be words in angle brackets, and are taken for these.
    """
    return is_unseen(html.unescape(_LAYOUT.sub("", body)))


def whole(new: NewMessage) -> NewMessage:
    """Return the message, its body quoted as text if our sanitiser would leave nothing of it."""
    body = new.body
    if not body or new.attachments or from_fin(body).strip() or says_nothing(body):
        return new
    return replace(new, body=f"<p>{html.escape(body)}</p>")
