"""DESIGN's table of answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fin_bridge.events.retry import SCHEDULE, Answer, Outcome, explain, outcome, pause, wait

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(204), Outcome.SENT),
        (Answer(200, "application/json"), Outcome.SENT),
        (Answer(200, "text/html; charset=utf-8"), Outcome.UNAVAILABLE),
        (Answer(error="timeout"), Outcome.UNAVAILABLE),
        (Answer(302), Outcome.UNAVAILABLE),
        (Answer(400), Outcome.REJECTED),
        (Answer(401), Outcome.UNAUTHORIZED),
        (Answer(403, "application/json"), Outcome.UNAVAILABLE),
        (Answer(404), Outcome.NOT_FOUND),
        (Answer(405), Outcome.UNAVAILABLE),
        (Answer(408), Outcome.UNAVAILABLE),
        (Answer(410), Outcome.UNAVAILABLE),
        (Answer(413), Outcome.UNAVAILABLE),
        (Answer(425), Outcome.UNAVAILABLE),
        (Answer(429), Outcome.THROTTLED),
        (Answer(451), Outcome.UNAVAILABLE),
        (Answer(499), Outcome.UNAVAILABLE),
        (Answer(500), Outcome.UNAVAILABLE),
        (Answer(503), Outcome.UNAVAILABLE),
        (Answer(503, retry_after="7"), Outcome.THROTTLED),
    ],
)
def test_each_answer_has_its_row(answer: Answer, expected: Outcome) -> None:
    assert outcome(answer) is expected


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(400), "Fin answered 400."),
        (Answer(408), "Fin answered 408."),
        (Answer(500), "Fin answered 500."),
        (Answer(error="timeout"), "No answer: timeout."),
        (Answer(403), "Something in front of Fin answered 403; Fin itself never does."),
        (Answer(451), "Something in front of Fin answered 451; Fin itself never does."),
    ],
)
def test_a_sentence_says_who_answered(answer: Answer, sentence: str) -> None:
    assert explain(answer) == sentence


def test_the_waits_grow_from_a_second_to_a_day_and_end() -> None:
    waits = [wait(Outcome.UNAVAILABLE, attempts, 0.5) for attempts in range(1, 16)]
    assert waits[:-1] == list(SCHEDULE)
    assert waits[0] == timedelta(seconds=1)
    assert waits[-2] == timedelta(days=1)
    assert waits[-1] is None


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 4.0), (0.5, 5.0), (1.0, 6.0)])
def test_a_wait_is_spread_by_a_fifth(chance: float, seconds: float) -> None:
    assert wait(Outcome.UNAVAILABLE, 2, chance) == timedelta(seconds=seconds)


def test_what_was_not_found_is_tried_six_times_over_an_hour() -> None:
    waits = [wait(Outcome.NOT_FOUND, attempts, 0.5) for attempts in range(1, 8)]
    assert sum((one for one in waits if one), timedelta()) == timedelta(hours=1)
    assert waits.count(None) == 1


def test_what_was_rejected_is_tried_once_more() -> None:
    assert wait(Outcome.REJECTED, 1, 0.5) is not None
    assert wait(Outcome.REJECTED, 2, 0.5) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("-1", 30),
        ("1000000000", 3600),
        ("9" * 400, 3600),
        (None, 30),
        ("", 30),
        ("soon", 30),
        ("Sun, 22 Nov 2026 12:02:00 GMT", 120),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 1),
        ("Sun, 22 Nov 2026 12:02:00 -0000", 120),
        ("Mon, 23 Nov 2026 12:00:00 GMT", 3600),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 3600),
        ("Mon, 1 Jan 0001 00:00:00 +2359", 1),
        ("Mon, 99999999999999999999 Jan 2024 00:00:00 GMT", 30),
        ("Mon, 1 Jan 2024 00:00:00 +99999999999999999999", 30),
        ("Mon, 1 Jan 2024 00:00:00 +2400", 30),
    ],
)
def test_retry_after_in_both_forms_within_bounds(value: str | None, seconds: int) -> None:
    assert pause(value, NOW) == timedelta(seconds=seconds)


_NUMBERS = st.integers(0, 99) | st.integers().map(lambda number: number**3)
_DATES = st.builds("Mon, {} Jan {} {}:{}:{} {:+}".format, *[_NUMBERS] * 6)


@given(st.text() | _DATES)
def test_no_retry_after_is_too_silly(value: str) -> None:
    assert timedelta(seconds=1) <= pause(value, NOW) <= timedelta(hours=1)
