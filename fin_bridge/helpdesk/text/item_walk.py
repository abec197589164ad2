"""Elements of lists: which item of which list a text belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from . import lists
from .flow import Flow, State
from .lists import Item, Items
from .numbering import number
from .styles import Style
from .tree import Node


class ItemWalk:
    """It knows the lists that are open and sets the items of the flow's state."""

    def __init__(self, flow: Flow, counts: Iterator[int]) -> None:
        self.flow = flow
        self.counts = counts
        """How many items each `ol` has; none where no number depends on it."""
        self.open: list[tuple[Items, tuple[Item, ...]]] = []
        """Lists, each with the items that it stands in."""
        self.word_level: int | None = None

    def begin_list(self, node: Node, style: Style) -> None:
        """Begin a list within the items at hand."""
        self.flow.flush()
        count = next(self.counts, 0) if node.tag == "ol" else 0
        self.open.append((lists.items_of(node, style, count), self.flow.state.items))

    def end_list(self) -> None:
        """End the list, and what follows its last item."""
        self.flow.flush()
        self.open.pop()

    def begin_item(self, node: Node, style: Style) -> None:
        """Begin an item, of the list at hand or of one of its own."""
        self.flow.flush()
        items, base = self.open[-1] if self.open else (Items("ul"), ())
        tick = lists.tick_of(node)
        quills = lists.of_quill(node, items.kind) if node.attributes else None
        if quills is None and items.item is not None and _has_no_marker(style):
            found: tuple[Item, ...] = (items.item,)
        elif quills is None:
            found = (items.begin(number(node.get("value")), tick),)
            if not base:
                self.flow.flat.begin_with(items)
        else:
            found = tuple(self.flow.flat.begin(*quills, is_ticked=tick))
        self._belong((*base, *found), is_flat=quills is not None)

    def _belong(self, items: tuple[Item, ...], *, is_flat: bool) -> None:
        look, kind, _, quotes, _ = self.flow.state
        kind = kind if kind in {"h1", "h2", "code"} else "p"
        self.flow.state = State(look, kind, items, quotes, is_flat)

    def end_item(self, outer: State) -> State:
        """Return what holds after the item: what follows within the list belongs to it."""
        self.flow.flush()
        if not self.open:
            return outer
        look, kind, _, quotes, _ = outer
        return State(look, kind, self.flow.state.items, quotes, self.flow.state.is_flat)

    def add_box(self, node: Node) -> None:
        """Tick the item that a box stands in, or say the tick where it stands."""
        is_ticked = lists.is_ticked(node)
        items = self.flow.state.items
        if items and not items[-1].is_said and self.flow.lines.is_empty:
            if items[-1].is_ticked is None:
                items[-1].is_ticked = is_ticked
        else:
            self.flow.add(lists.tick(is_ticked))

    def end_marker(self, outer: State) -> State:
        """Return what holds after Word's marker: the item that begins with it."""
        marker = self.flow.end_marker()
        if self.word_level is None:
            self.flow.add(f"{marker} ")
            return outer
        kind, value, said = lists.of_word(marker)
        found = self.flow.flat.begin(self.word_level, kind, value, said)
        self.word_level = None
        inner = [item for item in found if item not in outer.items]
        return outer._replace(items=(*outer.items, *inner), is_flat=True)


def _has_no_marker(style: Style) -> bool:
    """Return whether an item is shown as none, such as the one in which Yahoo nests a list."""
    return style.is_inline and style.list_style.startswith("none")
