"""The descriptors of texts: what the helpdesk stores them as, and what becomes of long ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

from ...conf import conf
from ...exceptions import RefusedError
from ...records import Attachment
from ..owner import Context
from ..text import html, markdown, pieces, plain, renderers
from ..text.lines import is_unseen
from ..text.renderers import Dialect, Renderer
from . import inline_pictures, pictures
from .values import OverPath

TooLong = Literal["split", "truncate", "refuse"]


class Body(OverPath):
    """A text of the helpdesk's; Fin's side of it is always HTML.

    `too_long` says what becomes of a text that its column does not hold: it is split into several
    messages, which Fin is shown as one, or truncated, or refused.
    """

    inline: ClassVar[re.Pattern[str] | None] = None
    """It finds the pictures that stand in a stored text itself, or as parts of its mail."""

    def __init__(self, dotted: str, *, too_long: TooLong = "split") -> None:
        super().__init__(dotted)
        self.too_long = too_long

    def to_fin(self, stored: str) -> str:
        """Return a stored text as HTML of Fin's tags."""
        raise NotImplementedError

    def from_fin(self, markup: str) -> str:
        """Return HTML of Fin's as the helpdesk stores it."""
        raise NotImplementedError

    @property
    def place(self) -> str:
        """The name of the path of the texts, with its model, as signed addresses hold it."""
        return f"{self.part.model_class._meta.label_lower}.{self.path.dotted}"

    def read(self, obj: Any) -> Any:
        stored = self.path.read(obj)
        if inline_pictures.may_be_in(stored):
            attachments = self.part.read(obj, "attachments") or ()
            stored = self.with_pictures(stored, obj.pk, attachments)
        return self.word(stored)

    def with_pictures(self, stored: str, key: Any, attachments: Sequence[Attachment]) -> str:
        """Return a message's stored text with addresses for the pictures that it holds."""
        if self.inline is None:
            return stored
        return inline_pictures.addressed(stored, self.inline, self.place, key, attachments)

    def pasted(self, obj: Any, number: int) -> tuple[bytes, str]:
        """Return a picture that was pasted into the text of an object, and its media type.

        Raises `LookupError` where there is none, `ValueError` for one that is no base64.
        """
        if self.inline is None:
            raise LookupError(number)
        return inline_pictures.pasted(str(self.path.read(obj) or ""), self.inline, number)

    def word(self, value: Any) -> str | None:
        markup = self.to_fin(str(value or ""))
        return None if html.is_blank(markup) else markup

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Write a text of Fin's; raise `RefusedError` for one that is too long to be stored."""
        stored = self.from_fin(value or "")
        if self.too_long == "refuse" and not self._fits(stored):
            raise RefusedError(f"The helpdesk takes no text of more than {self.limit} characters.")
        return self.path.write(obj, stored, context)

    @property
    def limit(self) -> int | None:
        """Return how many characters the column holds; None where it has no bound."""
        return getattr(self.path.column, "max_length", None)

    def _fits(self, stored: str) -> bool:
        return self.limit is None or len(stored) <= self.limit

    def pieces(self, markup: str) -> list[str]:
        """Return a text of Fin's as several that fit: lists and links go on, no word is lost."""
        if self.too_long != "split" or self._fits(self.from_fin(markup)):
            return [markup]
        return pieces.split(html.from_fin(markup), lambda piece: self._fits(self.from_fin(piece)))


class Html(Body):
    """A body that the helpdesk stores as HTML."""

    inline = inline_pictures.IN_HTML

    def to_fin(self, stored: str) -> str:
        return html.to_fin(stored, base=conf.public_url, picture=pictures.of_text)

    def from_fin(self, markup: str) -> str:
        return html.from_fin(markup)


class Text(Body):
    """A body that the helpdesk stores as plain text."""

    def to_fin(self, stored: str) -> str:
        return "" if is_unseen(stored) else plain.from_text(stored)

    def from_fin(self, markup: str) -> str:
        """Flatten it: lists keep their numbers and levels, links and pictures their address."""
        return plain.to_text(html.from_fin(markup))


class Markdown(Body):
    """A body that the helpdesk stores as Markdown, and shows by a renderer.

    `renderer` is the name of a library (`"python-markdown"`, `"commonmark"`, `"github"`,
    `"mistune"`; each needs its extra) or a callable from a text to its HTML. A text of Fin's is
    written as that renderer shows it as Fin wrote it. `raw_html=False` says that the renderer
    shows tags as text; a callable does as it does.
    """

    inline = inline_pictures.IN_MARKDOWN

    def __init__(
        self,
        dotted: str,
        *,
        too_long: TooLong = "split",
        raw_html: bool = True,
        renderer: str | Renderer = "python-markdown",
    ) -> None:
        super().__init__(dotted, too_long=too_long)
        self.raw_html = raw_html
        self.renderer = renderer

    @property
    def _render(self) -> Renderer:
        if isinstance(self.renderer, str):
            return renderers.named(self.renderer, raw_html=self.raw_html)
        return self.renderer

    @cached_property
    def _dialect(self) -> Dialect:
        return renderers.dialect(self._render)

    def to_fin(self, stored: str) -> str:
        """Render the text, then sanitise it, since Markdown may hold any HTML."""
        rendered = markdown.without_nothing(str(self._render(stored)))
        return html.to_fin(rendered, base=conf.public_url, picture=pictures.of_text)

    def from_fin(self, markup: str) -> str:
        """Write it in the renderer's dialect, with all escaped that is not to be Markdown."""
        return markdown.to_markdown(html.from_fin(markup), self._dialect)

    def problems(self) -> Iterator[str]:
        """Yield those of the path, and a renderer that is unknown or not installed."""
        yield from super().problems()
        if isinstance(self.renderer, str):
            problem = renderers.problem(self.renderer)
            if problem is not None:
                yield problem
