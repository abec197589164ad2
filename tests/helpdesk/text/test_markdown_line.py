"""Runs of one line are written as Markdown."""

import pytest

from fin_bridge.helpdesk.text.blocks import Run
from fin_bridge.helpdesk.text.markdown_line import Line
from fin_bridge.helpdesk.text.renderers import Dialect

URL = "https://a.example/b"


@pytest.mark.parametrize(
    ("runs", "written"),
    [
        ([Run("a "), Run("b", bold=True)], "a **b**"),
        ([Run("a "), Run("b ", italic=True), Run("c")], "a *b* c"),
        ([Run("a", bold=True, italic=True)], "**_a_**"),
        ([Run("a ", bold=True), Run("b", bold=True, italic=True)], "**a _b_**"),
        ([Run("a", bold=True), Run("b", italic=True)], "**a**_b_"),
        ([Run("a"), Run("(b)", bold=True)], "&#97;**(b)**"),
        ([Run("a`b", code=True)], "``a`b``"),
        ([Run("`", code=True)], "`` ` ``"),
        ([Run("a", href=URL)], f"[a]({URL})"),
        ([Run(URL, href=URL)], f"<{URL}>"),
        ([Run("a", href="https://a.example/(b) c")], "[a](https://a.example/(b)%20c)"),
        ([Run("a", href="https://a.example/(b")], "[a](https://a.example/%28b)"),
        ([Run("a", href="https://a.example/?b&copy;")], "[a](https://a.example/?b&amp;copy;)"),
        ([Run(f"see {URL}, please")], f"see {URL}, please"),
        ([Run("https://a.example/a*b x")], "<https://a.example/a*b> x"),
        ([Run("t", image=URL)], f"![t]({URL})"),
        ([Run("", image="")], r"\[image\]"),
        ([Run("a!"), Run("b", href=URL)], f"a&#33;[b]({URL})"),
    ],
)
def test_a_line(runs: list[Run], written: str) -> None:
    assert str(Line(runs, Dialect())) == written


def test_a_mark_that_no_reference_saves_is_left_out() -> None:
    runs = [Run("a"), Run("(b)", bold=True)]
    assert str(Line(runs, Dialect(knows_references=False))) == "a(b)"
