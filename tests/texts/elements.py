"""The 22 elements that each source writes, and what a person is to read of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import keystrokes
from .keystrokes import EMBEDDED, GUIDE, PICTURE, VIDEO, Writer

Block = dict[str, Any]


@dataclass(frozen=True)
class Element:
    """One element: how it is typed, how it is written in Markdown and in Editor.js's blocks."""

    name: str
    title: str
    reads: str
    write: Callable[[Writer], None]
    markdown: str
    blocks: list[Block] | None


def _block(kind: str, **data: Any) -> Block:
    return {"type": kind, "data": data}


_CODE = "for tray in trays:\n    check(tray)"


def _items(style: str, *items: Any, **meta: Any) -> Block:
    made = [item if isinstance(item, dict) else _item(item) for item in items]
    return _block("list", style=style, meta=meta, items=made)


def _item(content: str, *items: Block, **meta: Any) -> Block:
    return {"content": content, "meta": meta, "items": list(items)}


def _paragraphs(*texts: str) -> list[Block]:
    return [_block("paragraph", text=text) for text in texts]


ELEMENTS = [
    Element(
        "paragraphs",
        "Paragraphs",
        "Thank you for writing.\nWe look into it.",
        lambda writer: keystrokes.lines(writer, "Thank you for writing.", "We look into it."),
        "Thank you for writing.\n\nWe look into it.",
        _paragraphs("Thank you for writing.", "We look into it."),
    ),
    Element(
        "break",
        "Line break",
        "Acme Ltd\n12 Mill Lane",
        keystrokes.line_break,
        "Acme Ltd  \n12 Mill Lane",
        _paragraphs("Acme Ltd<br>12 Mill Lane"),
    ),
    Element(
        "headings",
        "Headings",
        "# Printer setup\nTurn it on.\n## Cables\nPlug it in.",
        keystrokes.headings,
        "# Printer setup\n\nTurn it on.\n\n## Cables\n\nPlug it in.",
        [
            _block("header", text="Printer setup", level=1),
            *_paragraphs("Turn it on."),
            _block("header", text="Cables", level=2),
            *_paragraphs("Plug it in."),
        ],
    ),
    Element(
        "bold",
        "Bold",
        "Press **OK** twice.",
        keystrokes.marked("bold"),
        "Press **OK** twice.",
        _paragraphs("Press <b>OK</b> twice."),
    ),
    Element(
        "italic",
        "Italic",
        "Press *OK* twice.",
        keystrokes.marked("italic"),
        "Press *OK* twice.",
        _paragraphs("Press <i>OK</i> twice."),
    ),
    Element(
        "underlined",
        "Underlined",
        "Press __OK__ twice.",
        keystrokes.marked("underline"),
        "Press <u>OK</u> twice.",
        _paragraphs('Press <u class="cdx-underline">OK</u> twice.'),
    ),
    Element(
        "struck",
        "Struck",
        "Do ~not~ restart it.",
        keystrokes.struck,
        "Do ~~not~~ restart it.",
        None,
    ),
    Element(
        "scripts",
        "Sub, sup",
        "Wait 10^5 ms for H_2O to dry.",
        keystrokes.scripts,
        "Wait 10<sup>5</sup> ms for H<sub>2</sub>O to dry.",
        None,
    ),
    Element(
        "bullets",
        "Bullets",
        "- Paper\n- Ink",
        keystrokes.items("bullets", "Paper", "Ink"),
        "- Paper\n- Ink",
        [_items("unordered", "Paper", "Ink")],
    ),
    Element(
        "numbers",
        "Numbers",
        "1. Open it\n2. Close it",
        keystrokes.items("numbers", "Open it", "Close it"),
        "1. Open it\n2. Close it",
        [_items("ordered", "Open it", "Close it")],
    ),
    Element(
        "nested",
        "Nested lists",
        "1. Open it\n2. Choose one\n  - Tray A\n  - Tray B\n3. Close it",
        keystrokes.nested,
        "1. Open it\n2. Choose one\n    - Tray A\n    - Tray B\n3. Close it",
        [
            _items(
                "ordered",
                "Open it",
                _item("Choose one", _item("Tray A"), _item("Tray B")),
                "Close it",
            )
        ],
    ),
    Element(
        "continued",
        "List goes on",
        "1. Stop it\n2. Wait\nIt beeps twice.\n3. Start it",
        keystrokes.continued,
        "1. Stop it\n2. Wait\n\nIt beeps twice.\n\n3. Start it",
        [
            _items("ordered", "Stop it", "Wait"),
            *_paragraphs("It beeps twice."),
            _items("ordered", "Start it", start=3),
        ],
    ),
    Element(
        "ticks",
        "Ticks",
        "[x] Paper is in\n[ ] Cable is in",
        keystrokes.ticks,
        "- [x] Paper is in\n- [ ] Cable is in",
        [
            _items(
                "checklist",
                _item("Paper is in", checked=True),
                _item("Cable is in", checked=False),
            )
        ],
    ),
    Element(
        "quote",
        "Quote",
        "> It does not print.\n> It only beeps.\nWe saw that.",
        keystrokes.quote,
        "> It does not print.\n>\n> It only beeps.\n\nWe saw that.",
        [
            _block("quote", text="It does not print.<br>It only beeps.", caption=""),
            *_paragraphs("We saw that."),
        ],
    ),
    Element(
        "quoted_list",
        "List in a quote",
        "> - It beeps\n> - It stops\nWe saw that.",
        keystrokes.quoted_list,
        "> - It beeps\n> - It stops\n\nWe saw that.",
        None,
    ),
    Element(
        "code",
        "Code",
        "Run `lpstat -p` now.",
        keystrokes.code,
        "Run `lpstat -p` now.",
        _paragraphs('Run <code class="inline-code">lpstat -p</code> now.'),
    ),
    Element(
        "code_block",
        "Block of code",
        "`for tray in trays:`\n`    check(tray)`",
        keystrokes.code_block,
        f"```\n{_CODE}\n```",
        [_block("code", code=_CODE)],
    ),
    Element(
        "table",
        "Table",
        "| Item | Price | Stock |\n| Ink | | 5 |",
        keystrokes.table,
        "| Item | Price | Stock |\n| ---- | ----- | ----- |\n| Ink  |       | 5     |",
        [
            _block(
                "table", withHeadings=True, content=[["Item", "Price", "Stock"], ["Ink", "", "5"]]
            )
        ],
    ),
    Element(
        "link",
        "Link",
        f"First read [the guide]({GUIDE})",
        keystrokes.link,
        f"First read [the guide]({GUIDE})",
        _paragraphs(f'First read <a href="{GUIDE}">the guide</a>'),
    ),
    Element(
        "picture",
        "Picture, caption",
        f"![]({PICTURE})\nThe open tray",
        keystrokes.picture,
        f"![Tray]({PICTURE})\n\nThe open tray",
        [_block("image", file={"url": PICTURE}, caption="The open tray")],
    ),
    Element(
        "video",
        "Embedded video",
        "Watch this:\n(VIDEO)",
        keystrokes.video,
        f'Watch this:\n\n<iframe src="{EMBEDDED}"></iframe>',
        [
            *_paragraphs("Watch this:"),
            _block("embed", service="youtube", source=VIDEO, embed=EMBEDDED, caption=""),
        ],
    ),
    Element(
        "rule",
        "Rule",
        "Above it\n---\nBelow it",
        keystrokes.rule,
        "Above it\n\n---\n\nBelow it",
        [*_paragraphs("Above it"), _block("delimiter"), *_paragraphs("Below it")],
    ),
]
