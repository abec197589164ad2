"""The decision, with marks that lapse by a clock of the test's own."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fin_bridge.agent_ui.debounce import Debounce

INTERVAL = 3.0


class Marks:
    """Marks in memory; `now` is set by the test."""

    def __init__(self) -> None:
        self.now = 0.0
        self.until: dict[str, float] = {}

    def stands(self, key: str) -> bool:
        return self.until.get(key, 0) > self.now

    def leave(self, key: str, seconds: float) -> bool:
        if self.stands(key):
            return False
        self.until[key] = self.now + seconds
        return True


def keystroke(
    debounce: Debounce, session: str = "s", agent: str = "a", conversation: str = "c"
) -> bool:
    """As the view does it; whether Fin hears of it."""
    return not debounce.is_suppressed(session, conversation) and debounce.accept(
        session, agent, conversation
    )


def at(moments: list[float], debounce: Debounce, marks: Marks) -> list[float]:
    """Those of the keystrokes at these moments that Fin hears of."""
    heard = []
    for marks.now in moments:
        if keystroke(debounce):
            heard.append(marks.now)
    return heard


def a_debounce(secret: str = "secret") -> tuple[Debounce, Marks]:
    marks = Marks()
    return Debounce(marks, secret, INTERVAL), marks


def test_the_first_at_once_then_one_an_interval_while_typing_goes_on() -> None:
    debounce, marks = a_debounce()
    seconds = [quarter / 4 for quarter in range(40)]
    assert at(seconds, debounce, marks) == [0.0, 3.0, 6.0, 9.0]


@given(st.lists(st.floats(0, 100), min_size=1).map(sorted))
def test_never_two_in_an_interval_and_never_late(moments: list[float]) -> None:
    debounce, marks = a_debounce()
    heard = at(moments, debounce, marks)
    assert heard[0] == moments[0]
    assert all(later >= earlier + INTERVAL for earlier, later in pairwise(heard))
    # Whatever was not heard was typed while the last one still stood.
    for moment in moments:
        assert any(earlier <= moment < earlier + INTERVAL for earlier in heard) or moment in heard


def test_a_suppressed_keystroke_does_not_refresh() -> None:
    debounce, marks = a_debounce()
    assert keystroke(debounce)
    until = dict(marks.until)
    marks.now = 2.9
    assert not keystroke(debounce)
    assert marks.until == until


def test_agents_and_conversations_are_apart() -> None:
    debounce, _ = a_debounce()
    assert keystroke(debounce)
    assert keystroke(debounce, session="t", agent="b")
    assert keystroke(debounce, conversation="d")
    assert not keystroke(debounce)


def test_another_session_of_the_agent_is_looked_up_but_not_heard() -> None:
    debounce, marks = a_debounce()
    assert keystroke(debounce)
    left = len(marks.until)
    assert not debounce.is_suppressed("t", "c")
    assert not debounce.accept("t", "a", "c")
    assert len(marks.until) == left


def test_nobody_is_suppressed_without_a_session() -> None:
    debounce, _ = a_debounce()
    assert debounce.accept("", "a", "c")
    assert not debounce.is_suppressed("", "c")


def test_parts_do_not_run_into_each_other() -> None:
    debounce, _ = a_debounce()
    assert debounce.accept("ab", "x", "c")
    assert not debounce.is_suppressed("a", "bc")
    assert debounce.accept("1", "a", "1:c")
    assert debounce.accept("1", "a1:", "c")


def test_a_session_is_no_agent() -> None:
    debounce, _ = a_debounce()
    assert debounce.accept("s", "a", "c")
    assert not debounce.is_suppressed("a", "c")


def test_marks_say_nothing_of_what_they_are_of() -> None:
    debounce, marks = a_debounce()
    keystroke(debounce, "the-session", "the-agent", "the-conversation")
    assert len(marks.until) == 2
    assert not any("the-" in key for key in marks.until)
    other, others = a_debounce("another secret")
    keystroke(other, "the-session", "the-agent", "the-conversation")
    assert marks.until.keys().isdisjoint(others.until)
    # As Memcached takes them.
    assert all(len(key) < 200 and key.isascii() and " " not in key for key in marks.until)
