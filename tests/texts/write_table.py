"""Writes docs/texts.md from the corpus: what each source writes, and how it is read."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import version
from pathlib import Path

import django

from . import plain
from .elements import ELEMENTS
from .judge import RIGHT, judge
from .others import CONVERTERS
from .others import read as read_text
from .sources import EDITORS, MAILS, RENDERERS, Text, cannot, texts, title

PAGE = Path(__file__).parents[2] / "docs" / "texts.md"
LONGEST = 260
SOURCES = [*EDITORS, *RENDERERS, *MAILS]

_HEAD = """\
# What editors and mail programs write

Twelve ways in which editors in a browser hand out a text, three renderers of Markdown and five
mail programs, each with 22 elements. `make texts` starts the real editors, types into them as
a person does, and keeps what they hand out in `tests/texts/corpus`, with what a person is to
read of it. The mails are written by us in the markup of those programs. This page is made of
those files; `make texts` renews it too.

To renew it for a new version of an editor: set the version in `tests/texts/package.json`, or
install it if it is a Python package, run `make texts` (it needs Node.js and Chromium), and look
at what has changed in the files. With `ARGS=quill` it renews one source.

The judge compares what is read of what Fin is handed with what was to be read: words, numbers,
levels, marks, quotes, cells and addresses. `tests/texts/test_corpus.py` reads the HTML without
a browser, `tests/texts/test_shown.py` reads what Chromium shows of both sides.
"""

_RATIO = """\
## What is read right

Texts that are read as written, by source and by element. The three converters make plain text
or Markdown; it is read by the judge's own rules, with Markdown's marks taken for what they say.
A text that is right has each of its words, numbers, levels, marks and addresses; inscriptis does
not write bold and italic type, so those texts are not right. fin_bridge reads every text right;
it is level with a converter, not ahead of it, where that one reads all texts of a row right, too.
"""

Reader = Callable[[str], str]


def main() -> None:
    """Write the page."""
    django.setup()
    from fin_bridge.helpdesk import Html

    found = texts()
    readers: dict[str, Reader] = {
        "fin_bridge": lambda markup: plain.read(Html("body").to_fin(markup))
    }
    for name, convert in CONVERTERS.items():
        readers[f"{name} {version(name)}"] = partial(_read_of, convert)
    right = {
        name: {text.name for text in found if _is_right(text, read)}
        for name, read in readers.items()
    }
    parts = [_HEAD, _sources(), _RATIO, _by_source(found, right), _by_element(found, right)]
    PAGE.write_text("\n".join([*parts, *_written(found)]), encoding="utf-8")


def _read_of(convert: Reader, markup: str) -> str:
    return read_text(convert(markup))


def _is_right(text: Text, read: Reader) -> bool:
    return judge(text.reads, read(text.html)) in RIGHT


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _sources() -> str:
    rows = []
    for source in SOURCES:
        missing = [e.title.lower() for e in ELEMENTS if e.name in cannot(source)]
        rows.append([title(source), ", ".join(missing) or "-"])
    return "## The sources\n\n" + _table(["source", "has nothing for"], rows)


def _by_source(found: list[Text], right: dict[str, set[str]]) -> str:
    groups = [(title(name), [text for text in found if text.source == name]) for name in SOURCES]
    return _ratio("source", groups, right)


def _by_element(found: list[Text], right: dict[str, set[str]]) -> str:
    names = {element.name: element.title for element in ELEMENTS} | {"reply": "A whole reply"}
    groups = [
        (shown, [text for text in found if text.element == name]) for name, shown in names.items()
    ]
    return _ratio("element", groups, right)


def _ratio(of: str, groups: list[tuple[str, list[Text]]], right: dict[str, set[str]]) -> str:
    rows = []
    whole = [text for _, group in groups for text in group]
    for name, group in [*groups, ("all", whole)]:
        counts = [sum(text.name in names for text in group) for names in right.values()]
        rows.append([name, *map(str, [len(group), *counts])])
    return _table([of, "texts", *right], rows)


def _written(found: list[Text]) -> Iterable[str]:
    yield "## What each writes\n"
    for element in ELEMENTS:
        ways: dict[str, list[str]] = defaultdict(list)
        for text in found:
            if text.element == element.name:
                ways[_shortened(text.html)].append(_name(text.source))
        rows = [[way, ", ".join(names)] for way, names in ways.items()]
        yield f"### {element.title}\n\n" + _table(["HTML", "written by"], rows)


def _name(source: str) -> str:
    return re.sub(r" \d[\d.]*$", "", title(source))


def _shortened(markup: str) -> str:
    """The markup in one line, without a mail's frame."""
    body = re.search(r"<body[^>]*>(.*)</body>", markup, re.DOTALL)
    line = re.sub(r"\n\s*", "⏎", (body[1] if body else markup).strip())
    line = line if len(line) <= LONGEST else line[:LONGEST] + "…"
    return "`" + line.replace("|", "&#124;").replace("`", "'") + "`"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    main()
