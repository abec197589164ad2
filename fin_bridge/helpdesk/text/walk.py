"""The walk over a text's tree: what each element means for the texts that it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from . import embedded, lists, looks
from .flow import TABLE_PARTS, End, Flow, State
from .item_walk import ItemWalk
from .looks import BOLD
from .styles import APART, NONE, UNREAD, Style, is_block, style_of
from .tree import Event, Node
from .writer import Kind, Writer

_HEADINGS: Final[dict[str, Kind]] = {
    "h1": "h1",
    **dict.fromkeys(["h2", "h3", "h4", "h5", "h6"], "h2"),
}
_CODE_OF_QUILL: Final = "ql-code-block-container"


class Walk:
    """It reads the events of a tree, one after the other, and hands blocks to the writer."""

    def __init__(
        self,
        writer: Writer,
        link: Callable[[str], str],
        pictures: embedded.Pictures,
        counts: Iterator[int],
    ) -> None:
        self.flow = Flow(writer)
        self.items = ItemWalk(self.flow, counts)
        self.link = link
        self.pictures = pictures
        self.frames: list[tuple[State, End | None]] = []
        self.unread = 0
        """How many elements are open of which nothing is read."""
        self.wants_source = False
        self.position = 0
        self.depth_of_paragraph = 0

    def read(self, events: Iterable[Event]) -> None:
        """Read the events of a tree, and end the last block."""
        for event in events:
            if event is None:
                self._end()
            elif isinstance(event, Node):
                self._begin(event)
            elif not self.unread:
                self.flow.add(event)
        self.flow.flush()

    def _begin(self, node: Node) -> None:
        if self.unread:
            self._leave_unread(node)
            return
        style = style_of(node)
        if node.tag in UNREAD or style.is_hidden or "hidden" in node.attributes:
            self.unread = 1
        elif node.tag in embedded.TAGS:
            self._embed(node)
        else:
            self._enter(node, style)

    def _enter(self, node: Node, style: Style) -> None:
        self.position += 1
        flow, outer = self.flow, self.flow.state
        end: End | None
        begin = _BEGIN.get(node.tag)
        if begin is not None:
            end = begin(self, node, style)
        elif is_block(node.tag, style):
            end = self._block(node, style)
        else:
            end = self._inline(node, style)
        if style is not NONE or node.tag in looks.TAGS:
            look = looks.look(node, style, flow.state.look, self.position)
            if look is not flow.state.look:
                flow.state = flow.state.looking(look)
        self.frames.append((outer, end))

    def _end(self) -> None:
        if self.unread:
            self.unread -= 1
            self.wants_source = self.wants_source and self.unread > 0
            return
        outer, end = self.frames.pop()
        after = None if end is None else end(outer)
        self.flow.state = outer if after is None else after

    def _leave_unread(self, node: Node) -> None:
        self.unread += 1
        if self.wants_source and node.tag == "source":
            self._show_address(node)

    def _embed(self, node: Node) -> None:
        """Show a frame's or a video's address; what is in it is for who cannot show it."""
        self.wants_source = not embedded.address_of(node)
        self._show_address(node)
        self.unread = 1

    def _show_address(self, node: Node) -> None:
        address = self.link(embedded.address_of(node))
        if address:
            self.wants_source = False
            outer = self.flow.state
            self.flow.begin_block()
            self.flow.state = self.flow.state._replace(look=outer.look.linked(address))
            self.flow.add(address)
            self.flow.end_block(outer)
            self.flow.state = outer

    def _block(self, node: Node, style: Style) -> End:
        if _CODE_OF_QUILL in node.get("class"):
            return self._code(node, style)
        self.flow.begin_block(_HEADINGS.get(node.tag, "p"))
        if node.tag == "dt":
            self._look(looks.Look.having, BOLD)
        return self.flow.end_block

    def _look(self, change: Callable[..., looks.Look], *values: object) -> None:
        state = self.flow.state
        self.flow.state = state.looking(change(state.look, *values))

    def _inline(self, node: Node, style: Style) -> End | None:
        if style.word_list == "ignore":
            self.flow.begin_marker()
            return self._end_marker
        if node.tag in APART:
            self.flow.add(" ")
            return lambda _: self.flow.add(" ")
        return None

    def _paragraph(self, node: Node, style: Style) -> End:
        """Begin a paragraph, which Word may have meant as an item of a list."""
        self.flow.begin_block()
        self.items.word_level = lists.level_of_word(style)
        self.depth_of_paragraph = len(self.frames) + 1
        return self.flow.end_block

    def _end_marker(self, outer: State) -> State:
        """Have Word's item hold up to the end of its paragraph, in whatever its marker stands."""
        inner = self.items.end_marker(outer)
        if inner is not outer:
            self.frames[self.depth_of_paragraph :] = [
                (state._replace(items=inner.items, is_flat=True), end)
                for state, end in self.frames[self.depth_of_paragraph :]
            ]
        return inner

    def _code(self, node: Node, style: Style) -> End:
        self.flow.begin_block("code")
        self._look(looks.as_code)
        return self.flow.end_block

    def _quote(self, node: Node, style: Style) -> End:
        self.flow.flush()
        state = self.flow.state
        self.flow.state = state._replace(kind="p", quotes=state.quotes + 1)
        return self.flow.end_block

    def _list(self, node: Node, style: Style) -> End:
        self.items.begin_list(node, style)
        return lambda _: self.items.end_list()

    def _item(self, node: Node, style: Style) -> End:
        self.items.begin_item(node, style)
        return self.items.end_item

    def _table_part(self, node: Node, style: Style) -> End:
        return self.flow.begin_table_part(node)

    def _link(self, node: Node, style: Style) -> End | None:
        self._look(looks.Look.linked, self.link(node.get("href")))
        return None

    def _picture(self, node: Node, style: Style) -> None:
        html, name = self.pictures.shown(node)
        if html:
            self.flow.add_picture(html)
        elif name:
            self.flow.add(name)

    def _break(self, node: Node, style: Style) -> None:
        self.flow.lines.end_line()

    def _rule(self, node: Node, style: Style) -> None:
        self.flow.add_rule()

    def _input(self, node: Node, style: Style) -> None:
        if lists.is_box(node):
            self.items.add_box(node)

    def _reading(self, node: Node, style: Style) -> End:
        """Show how a word is pronounced, behind it."""
        self.flow.add("(")
        return lambda _: self.flow.add(")")


_BEGIN: Final[Mapping[str, Callable[[Walk, Node, Style], End | None]]] = {
    "p": Walk._paragraph,
    **dict.fromkeys(["listing", "pre", "textarea"], Walk._code),
    "blockquote": Walk._quote,
    **dict.fromkeys(["ul", "ol", "menu", "dir"], Walk._list),
    "li": Walk._item,
    **dict.fromkeys(TABLE_PARTS, Walk._table_part),
    "a": Walk._link,
    "img": Walk._picture,
    "br": Walk._break,
    "hr": Walk._rule,
    "input": Walk._input,
    "rt": Walk._reading,
}
"""What begins an element; any other one is a block or stands in a line."""
