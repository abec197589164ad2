"""Each element is typed into an editor as a person types it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

GUIDE = "https://guide.example.com/setup"
PICTURE = "https://pictures.example.com/tray.png"
VIDEO = "https://www.youtube.com/watch?v=M7lc1UVf-VE"
EMBEDDED = "https://www.youtube.com/embed/M7lc1UVf-VE"


class Writer(Protocol):
    """What an element asks of an editor: keys, and the commands of its toolbar."""

    def type(self, text: str) -> None: ...

    def next_line(self) -> None: ...

    def press(self, key: str, times: int = 1) -> None: ...

    def do(self, command: str, *values: str | int) -> None: ...

    def may(self, command: str) -> bool: ...

    def leave(self) -> None: ...


def lines(writer: Writer, *texts: str) -> None:
    for number, line in enumerate(texts):
        if number:
            writer.next_line()
        writer.type(line)


def marked(command: str) -> Callable[[Writer], None]:
    def write(writer: Writer) -> None:
        writer.type("Press ")
        writer.do(command)
        writer.type("OK")
        writer.do(command)
        writer.type(" twice.")

    return write


def line_break(writer: Writer) -> None:
    writer.type("Acme Ltd")
    writer.press("Shift+Enter")
    writer.type("12 Mill Lane")


def headings(writer: Writer) -> None:
    sections = [(1, "Printer setup", "Turn it on."), (2, "Cables", "Plug it in.")]
    for level, heading, text in sections:
        writer.do("heading", level)
        writer.type(heading)
        writer.press("Enter")
        writer.do("paragraph")
        writer.type(text)
        if level == 1:
            writer.press("Enter")


def struck(writer: Writer) -> None:
    writer.type("Do ")
    writer.do("strike")
    writer.type("not")
    writer.do("strike")
    writer.type(" restart it.")


def scripts(writer: Writer) -> None:
    for before, command, script in [("Wait 10", "sup", "5"), (" ms for H", "sub", "2")]:
        writer.type(before)
        writer.do(command)
        writer.type(script)
        writer.do(command)
    writer.type("O to dry.")


def items(command: str, *texts: str) -> Callable[[Writer], None]:
    def write(writer: Writer) -> None:
        writer.do(command)
        lines(writer, *texts)

    return write


def nested(writer: Writer) -> None:
    writer.do("numbers")
    lines(writer, "Open it", "Choose one")
    writer.press("Enter")
    writer.do("indent")
    writer.do("bullets")
    lines(writer, "Tray A", "Tray B")
    writer.press("Enter")
    writer.do("outdent")
    if writer.may("renumber"):
        writer.do("renumber")
    writer.type("Close it")


def continued(writer: Writer) -> None:
    writer.do("numbers")
    lines(writer, "Stop it", "Wait")
    writer.leave()
    writer.type("It beeps twice.")
    writer.press("Enter")
    writer.do("numbers")
    writer.type("Start it")
    if writer.may("start"):
        writer.do("start", 3)


def ticks(writer: Writer) -> None:
    writer.do("ticks")
    writer.type("Paper is in")
    writer.do("tick")
    writer.press("Enter")
    if writer.may("untick"):
        writer.do("untick")
    writer.type("Cable is in")


def quote(writer: Writer) -> None:
    quoted(writer, lambda: lines(writer, "It does not print.", "It only beeps."))
    writer.leave()
    writer.type("We saw that.")


def quoted_list(writer: Writer) -> None:
    quoted(writer, lambda: items("bullets", "It beeps", "It stops")(writer))
    writer.leave()
    writer.leave()
    writer.type("We saw that.")


def quoted(writer: Writer, write: Callable[[], None]) -> None:
    """Some editors quote what is there, and leave the quote with its first line."""
    if writer.may("quote_all"):
        write()
        writer.do("quote_all")
    else:
        writer.do("quote")
        write()


def code(writer: Writer) -> None:
    writer.type("Run ")
    writer.do("code")
    writer.type("lpstat -p")
    writer.do("code")
    writer.type(" now.")


def code_block(writer: Writer) -> None:
    writer.do("codeblock")
    writer.type("for tray in trays:")
    writer.next_line()
    writer.type("    check(tray)")


def table(writer: Writer) -> None:
    writer.do("table", 2, 3)
    cells = ["Item", "Price", "Stock", "Ink", "", "5"]
    for number, cell in enumerate(cells):
        if writer.may("cell"):
            writer.do("cell", number)
        elif number:
            writer.press("Tab")
        writer.type(cell)


def link(writer: Writer) -> None:
    writer.type("First read the guide")
    writer.press("Shift+ArrowLeft", len("the guide"))
    writer.do("link", GUIDE)


def picture(writer: Writer) -> None:
    writer.do("picture", PICTURE, "Tray", "The open tray")
    if writer.may("captioned"):
        writer.do("captioned", "The open tray")
    else:
        writer.press("ArrowRight")
        writer.press("Enter")
        writer.type("The open tray")


def video(writer: Writer) -> None:
    writer.type("Watch this:")
    writer.press("Enter")
    writer.do("video", VIDEO, EMBEDDED)


def rule(writer: Writer) -> None:
    writer.type("Above it")
    writer.press("Enter")
    writer.do("rule")
    if writer.may("below"):
        writer.do("below")
    writer.type("Below it")
