"""Docstrings are sentences that stand by themselves; pages are set in lines of one length."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import APP, ROOT, Module

FEW_WORDS = 4
HEADLESS = re.compile(
    r"(The same|Likewise|Those|Whose|Whom|Which|What|Who|None|Nobody|How|One|Its|Of|At|By)\b"
)
"""Beginnings of what has no subject and no imperative."""
WIDTH = 99

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def docstrings(module: Module) -> Iterator[tuple[int, str]]:
    """The line and the text of each docstring of a class or a function."""
    for node in ast.walk(module.tree):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            yield node.lineno, text


def is_no_sentence(docstring: str) -> bool:
    """Whether a docstring cannot be understood by itself."""
    return len(docstring.split()) <= FEW_WORDS or bool(HEADLESS.match(docstring))


def test_docstrings_are_sentences() -> None:
    riddles = [
        f"{module.name}:{line}: {text.splitlines()[0]}"
        for module in APP
        for line, text in docstrings(module)
        if is_no_sentence(text)
    ]
    assert riddles == []


@pytest.mark.parametrize(
    "docstring",
    [
        "A customer.",
        "The same for agents, with what they have.",
        "Whose it is by the helpdesk's word, else nobody's.",
        "What the log says of an event.",
        "Of the first table below a heading.",
    ],
)
def test_a_riddle_is_found(docstring: str) -> None:
    module = Module("m", f'class C:\n    def f(self):\n        """{docstring}"""\n')
    assert [is_no_sentence(text) for _, text in docstrings(module)] == [True]


@pytest.mark.parametrize(
    "docstring", ["Return the conversation of a message.", "Ownership is told by the scope."]
)
def test_a_sentence_is_none(docstring: str) -> None:
    assert not is_no_sentence(docstring)


WRITTEN = {"performance.md"}
"""Pages that a program writes, in lines of its own length."""
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    *(page for page in (ROOT / "docs").rglob("*.md") if page.name not in WRITTEN),
    ROOT / "helpdesk_demo" / "README.md",
]
FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)


def too_wide(text: str) -> list[str]:
    """Lines of prose that are longer than code may be; tables, links and code are as they are."""
    prose = FENCED.sub("", text).splitlines()
    return [
        line for line in prose if len(line) > WIDTH and not line.lstrip().startswith(("|", "!["))
    ]


def test_pages_are_set_in_lines_of_one_length() -> None:
    wide = {page.relative_to(ROOT).as_posix(): too_wide(page.read_text()) for page in PAGES}
    assert {page: lines for page, lines in wide.items() if lines} == {}


def test_a_wide_line_is_found() -> None:
    line = "x " * 50
    assert too_wide(f"```\n{line}\n```\n\n| {line} |\n{line}\n") == [line]
