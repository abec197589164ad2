"""The 22 elements that each source writes, and what a person is to read of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

GUIDE = "https://guide.example.com/setup"
PICTURE = "https://pictures.example.com/tray.png"
VIDEO = "https://www.youtube.com/watch?v=M7lc1UVf-VE"
EMBEDDED = "https://www.youtube.com/embed/M7lc1UVf-VE"

Block = dict[str, Any]


class Writer(Protocol):
    """What an element asks of an editor: keys, and the commands of its toolbar."""

    def type(self, text: str) -> None: ...

    def next_line(self) -> None: ...

    def press(self, key: str, times: int = 1) -> None: ...

    def do(self, command: str, *values: str | int) -> None: ...

    def may(self, command: str) -> bool: ...

    def leave(self) -> None: ...


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


def _lines(writer: Writer, *lines: str) -> None:
    for number, line in enumerate(lines):
        if number:
            writer.next_line()
        writer.type(line)


def _marked(command: str) -> Callable[[Writer], None]:
    def write(writer: Writer) -> None:
        writer.type("Press ")
        writer.do(command)
        writer.type("OK")
        writer.do(command)
        writer.type(" twice.")

    return write


def _break(writer: Writer) -> None:
    writer.type("Acme Ltd")
    writer.press("Shift+Enter")
    writer.type("12 Mill Lane")


def _headings(writer: Writer) -> None:
    sections = [(1, "Printer setup", "Turn it on."), (2, "Cables", "Plug it in.")]
    for level, heading, text in sections:
        writer.do("heading", level)
        writer.type(heading)
        writer.press("Enter")
        writer.do("paragraph")
        writer.type(text)
        if level == 1:
            writer.press("Enter")


def _struck(writer: Writer) -> None:
    writer.type("Do ")
    writer.do("strike")
    writer.type("not")
    writer.do("strike")
    writer.type(" restart it.")


def _scripts(writer: Writer) -> None:
    for before, command, script in [("Wait 10", "sup", "5"), (" ms for H", "sub", "2")]:
        writer.type(before)
        writer.do(command)
        writer.type(script)
        writer.do(command)
    writer.type("O to dry.")


def _list(command: str, *items: str) -> Callable[[Writer], None]:
    def write(writer: Writer) -> None:
        writer.do(command)
        _lines(writer, *items)

    return write


def _nested(writer: Writer) -> None:
    writer.do("numbers")
    _lines(writer, "Open it", "Choose one")
    writer.press("Enter")
    writer.do("indent")
    writer.do("bullets")
    _lines(writer, "Tray A", "Tray B")
    writer.press("Enter")
    writer.do("outdent")
    if writer.may("renumber"):
        writer.do("renumber")
    writer.type("Close it")


def _continued(writer: Writer) -> None:
    writer.do("numbers")
    _lines(writer, "Stop it", "Wait")
    writer.leave()
    writer.type("It beeps twice.")
    writer.press("Enter")
    writer.do("numbers")
    writer.type("Start it")
    if writer.may("start"):
        writer.do("start", 3)


def _ticks(writer: Writer) -> None:
    writer.do("ticks")
    writer.type("Paper is in")
    writer.do("tick")
    writer.press("Enter")
    if writer.may("untick"):
        writer.do("untick")
    writer.type("Cable is in")


def _quote(writer: Writer) -> None:
    _quoted(writer, lambda: _lines(writer, "It does not print.", "It only beeps."))
    writer.leave()
    writer.type("We saw that.")


def _quoted_list(writer: Writer) -> None:
    _quoted(writer, lambda: _list("bullets", "It beeps", "It stops")(writer))
    writer.leave()
    writer.leave()
    writer.type("We saw that.")


def _quoted(writer: Writer, write: Callable[[], None]) -> None:
    """Some editors quote what is there, and leave the quote with its first line."""
    if writer.may("quote_all"):
        write()
        writer.do("quote_all")
    else:
        writer.do("quote")
        write()


def _code(writer: Writer) -> None:
    writer.type("Run ")
    writer.do("code")
    writer.type("lpstat -p")
    writer.do("code")
    writer.type(" now.")


def _code_block(writer: Writer) -> None:
    writer.do("codeblock")
    writer.type("for tray in trays:")
    writer.next_line()
    writer.type("    check(tray)")


def _table(writer: Writer) -> None:
    writer.do("table", 2, 3)
    cells = ["Item", "Price", "Stock", "Ink", "", "5"]
    for number, cell in enumerate(cells):
        if writer.may("cell"):
            writer.do("cell", number)
        elif number:
            writer.press("Tab")
        writer.type(cell)


def _link(writer: Writer) -> None:
    writer.type("First read the guide")
    writer.press("Shift+ArrowLeft", len("the guide"))
    writer.do("link", GUIDE)


def _picture(writer: Writer) -> None:
    writer.do("picture", PICTURE, "Tray", "The open tray")
    if writer.may("captioned"):
        writer.do("captioned", "The open tray")
    else:
        writer.press("ArrowRight")
        writer.press("Enter")
        writer.type("The open tray")


def _video(writer: Writer) -> None:
    writer.type("Watch this:")
    writer.press("Enter")
    writer.do("video", VIDEO, EMBEDDED)


def _rule(writer: Writer) -> None:
    writer.type("Above it")
    writer.press("Enter")
    writer.do("rule")
    if writer.may("below"):
        writer.do("below")
    writer.type("Below it")


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
        lambda writer: _lines(writer, "Thank you for writing.", "We look into it."),
        "Thank you for writing.\n\nWe look into it.",
        _paragraphs("Thank you for writing.", "We look into it."),
    ),
    Element(
        "break",
        "Line break",
        "Acme Ltd\n12 Mill Lane",
        _break,
        "Acme Ltd  \n12 Mill Lane",
        _paragraphs("Acme Ltd<br>12 Mill Lane"),
    ),
    Element(
        "headings",
        "Headings",
        "# Printer setup\nTurn it on.\n## Cables\nPlug it in.",
        _headings,
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
        _marked("bold"),
        "Press **OK** twice.",
        _paragraphs("Press <b>OK</b> twice."),
    ),
    Element(
        "italic",
        "Italic",
        "Press *OK* twice.",
        _marked("italic"),
        "Press *OK* twice.",
        _paragraphs("Press <i>OK</i> twice."),
    ),
    Element(
        "underlined",
        "Underlined",
        "Press __OK__ twice.",
        _marked("underline"),
        "Press <u>OK</u> twice.",
        _paragraphs('Press <u class="cdx-underline">OK</u> twice.'),
    ),
    Element(
        "struck",
        "Struck",
        "Do ~not~ restart it.",
        _struck,
        "Do ~~not~~ restart it.",
        None,
    ),
    Element(
        "scripts",
        "Sub, sup",
        "Wait 10^5 ms for H_2O to dry.",
        _scripts,
        "Wait 10<sup>5</sup> ms for H<sub>2</sub>O to dry.",
        None,
    ),
    Element(
        "bullets",
        "Bullets",
        "- Paper\n- Ink",
        _list("bullets", "Paper", "Ink"),
        "- Paper\n- Ink",
        [_items("unordered", "Paper", "Ink")],
    ),
    Element(
        "numbers",
        "Numbers",
        "1. Open it\n2. Close it",
        _list("numbers", "Open it", "Close it"),
        "1. Open it\n2. Close it",
        [_items("ordered", "Open it", "Close it")],
    ),
    Element(
        "nested",
        "Nested lists",
        "1. Open it\n2. Choose one\n  - Tray A\n  - Tray B\n3. Close it",
        _nested,
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
        _continued,
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
        _ticks,
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
        _quote,
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
        _quoted_list,
        "> - It beeps\n> - It stops\n\nWe saw that.",
        None,
    ),
    Element(
        "code",
        "Code",
        "Run `lpstat -p` now.",
        _code,
        "Run `lpstat -p` now.",
        _paragraphs('Run <code class="inline-code">lpstat -p</code> now.'),
    ),
    Element(
        "code_block",
        "Block of code",
        "`for tray in trays:`\n`    check(tray)`",
        _code_block,
        f"```\n{_CODE}\n```",
        [_block("code", code=_CODE)],
    ),
    Element(
        "table",
        "Table",
        "| Item | Price | Stock |\n| Ink | | 5 |",
        _table,
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
        _link,
        f"First read [the guide]({GUIDE})",
        _paragraphs(f'First read <a href="{GUIDE}">the guide</a>'),
    ),
    Element(
        "picture",
        "Picture, caption",
        f"![]({PICTURE})\nThe open tray",
        _picture,
        f"![Tray]({PICTURE})\n\nThe open tray",
        [_block("image", file={"url": PICTURE}, caption="The open tray")],
    ),
    Element(
        "video",
        "Embedded video",
        "Watch this:\n(VIDEO)",
        _video,
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
        _rule,
        "Above it\n\n---\n\nBelow it",
        [*_paragraphs("Above it"), _block("delimiter"), *_paragraphs("Below it")],
    ),
]
