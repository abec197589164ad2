"""The contract on the bug tracker, and what is particular about it."""

from datetime import UTC, time, timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User

from fin_bridge import helpdesk as fin
from fin_bridge.database import clock
from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import Context, current
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.helpdesk.refused_messages import resubmit
from fin_bridge.models import KeptMessage
from fin_bridge.records import Agent, AuthorReference, Message, NewMessage
from fin_bridge.signals import alarm_raised
from fin_bridge.testing.in_process import ask, call
from tests.hosts.bugs.fin import Comments, Descriptions, Developers, Issues, Reporters
from tests.hosts.bugs.models import Comment, Duplicate, Issue
from tests.hosts.hosted import Hosted, heard, known

numbers = count(1)


def person(**values: object) -> User:
    return User.objects.create(username=f"user{next(numbers)}", **values)


class TestBugs(Hosted):
    def make_end_user(self) -> User:
        return person(first_name="Grace")

    def make_agent(self) -> User:
        return person(is_staff=True)

    def make_conversation(self, end_user: User) -> Issue:
        return Issue.objects.create(summary="It crashes", reporter=end_user)

    def make_message(self, conversation: Issue, agent: User, text: str) -> Comment:
        return Comment.objects.create(issue=conversation, author=agent, text=text)


# --- What is particular about it ----------------------------------------------------------------

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issue() -> Issue:
    [issue] = Issue.objects.bulk_create(
        [Issue(summary="It crashes", reporter=person(email="g@example.com"), reference="R1")]
    )
    return issue


def shown(issue: Issue) -> list[Message]:
    desk = current()
    return [shown.message for shown in Timeline(desk, desk.conversations.get(str(issue.pk)))]


def test_t4_what_is_not_spelled_like_the_database_spells_it(issue: Issue) -> None:
    Issue(pk=str(issue.pk), state=Issue.State.FIXED).save(update_fields=["state"])
    assert heard() == [str(issue.pk)]
    record = current().conversations.record(current().conversations.get(str(issue.pk)))
    assert record.status == "resolved"


def test_t9_a_row_of_another_table_fires(issue: Issue) -> None:
    Duplicate.objects.create(of=issue, reported_by=issue.reporter)
    assert heard() == [str(issue.pk)]


def test_t13_words_into_a_locked_issue_are_kept_alarmed_and_retried(issue: Issue) -> None:
    alarms: list[dict[str, Any]] = []
    alarm_raised.connect(lambda **given: alarms.append(given), weak=False, dispatch_uid="t13")
    Issue.objects.update(locked=True)
    conversation_id = known(issue)
    author = {"id": str(issue.reporter_id), "user_type": "end_user"}
    try:
        message = ask(
            "create_message",
            object_id="m1",
            conversation_id=conversation_id,
            author=author,
            body="<p>Is <b>anybody</b> there?</p>",
        )
    finally:
        alarm_raised.disconnect(dispatch_uid="t13")
    assert message["id"].startswith("kept-")
    assert message["author"]["id"] == author["id"]
    assert [one["reason"] for one in alarms] == ["message_refused"]
    assert [one.id for one in shown(issue)] == [message["id"]]
    assert ask("get_messages", conversation_id=conversation_id, after_id=message["id"]) == []

    now = clock.now("default")
    resubmit(now + timedelta(minutes=2))
    row = KeptMessage.objects.get()
    assert (row.tries, row.detail) == (1, "This issue is locked.")
    Issue.objects.update(locked=False)
    resubmit(now + timedelta(minutes=3))
    assert not Comment.objects.exists()
    resubmit(now + timedelta(minutes=10))
    [comment] = Comment.objects.all()
    assert comment.text == "Is anybody there?"
    assert [one.id for one in shown(issue)] == [message["id"]]
    resubmit(now + timedelta(days=9))
    assert Comment.objects.count() == 1
    assert ask("get_messages", conversation_id=conversation_id, after_id=message["id"]) == []


def test_t13_fins_words_into_a_locked_issue_are_refused_with_the_reason(issue: Issue) -> None:
    Issue.objects.update(locked=True)
    given = {"id": str(person(is_staff=True).pk), "user_type": "agent"}
    verdict = call(
        "create_message", object_id="m1", conversation_id=known(issue), author=given, body="x"
    )
    assert (verdict.status, verdict.data["detail"]) == (400, "This issue is locked.")


def test_t13_a_long_message_that_is_retried_is_one_message(issue: Issue) -> None:
    Issue.objects.update(locked=True)
    author = {"id": str(issue.reporter_id), "user_type": "end_user"}
    body = f"<p>{' '.join(str(number) for number in range(500))}</p>"
    message = ask(
        "create_message",
        object_id="m1",
        conversation_id=known(issue),
        author=author,
        body=body,
    )
    Issue.objects.update(locked=False)
    resubmit(clock.now("default") + timedelta(minutes=2))
    assert Comment.objects.count() > 1
    assert [(one.id, one.body) for one in shown(issue)] == [(message["id"], body)]


def test_t14_a_title_is_cut_to_its_column(issue: Issue) -> None:
    context = Context("default")
    current().conversations.put(issue, {"title": "x" * 100}, context)
    issue.refresh_from_db()
    assert issue.summary == "x" * 64


def test_t15_a_save_that_saves_nothing_is_a_refusal(
    issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Comment, "save", lambda self, **_: None)
    new = NewMessage("m1", AuthorReference(str(issue.reporter_id), "end_user"), "x")
    with pytest.raises(RefusedError, match="did not save"):
        current().messages[1].create(issue, new, Context("default"))


def test_t20_a_day_begins_at_midnight_in_utc(issue: Issue) -> None:
    record = current().conversations.record(issue)
    assert record.created_at.tzinfo is UTC
    assert record.created_at.time() == time(0)


def test_t23_an_unknown_audience_is_private(issue: Issue) -> None:
    Comment.objects.create(issue=issue, author=person(is_staff=True), text="x", audience="odd")
    assert [one.visibility for one in shown(issue)] == ["private"]


def test_t26_a_key_to_another_column_leads_to_the_issue(issue: Issue) -> None:
    Comment.objects.create(issue=issue, author=issue.reporter, text="x")
    assert set(heard()) == {str(issue.pk)}
    assert [one.author.id for one in shown(issue)] == [str(issue.reporter_id)]


def anybody_reports(**words: object) -> fin.Helpdesk:
    """The same tracker, used inside a company: those who answer report issues of their own."""
    anybody = type("Anybody", (Reporters,), {"where": {}})
    descriptions = type("Descriptions", (Descriptions,), words)
    return fin.Helpdesk(anybody, Developers, Issues, descriptions, Comments)


@pytest.mark.parametrize("words", [{}, {"author": "reporter"}, {"author": None}])
def test_staff_who_report_an_issue_are_its_customers(words: dict[str, Any]) -> None:
    bob, eve = person(is_staff=True), person(is_staff=True)
    issue = Issue.objects.create(summary="My keyboard", description="Broken", reporter=bob)
    for author in (bob, eve, person()):
        Comment.objects.create(issue=issue, author=author, text="x")
    authors = {"reporter": fin.Author("reporter"), None: fin.Author(end_user="reporter")}
    desk = anybody_reports(**{word: authors[value] for word, value in words.items()})
    timeline = Timeline(desk, desk.conversations.get(str(issue.pk)))
    shown = [told.message.author for told in timeline]
    assert [type(one).__name__ for one in shown] == ["EndUser", "EndUser", "Agent", "EndUser"]
    assert [one.id for one in shown[:3]] == [str(bob.pk), str(bob.pk), str(eve.pk)]


def test_former_staff_is_no_customer(issue: Issue) -> None:
    former = person(is_staff=True, is_active=False, first_name="Bob")
    Comment.objects.create(issue=issue, author=former, text="x")
    [message] = shown(issue)
    assert message.author == Agent(str(former.pk), "Bob", None)
    assert current().agents.for_user(former) is None
