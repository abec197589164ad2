"""The contract on the incidents, and what is particular about them."""

import string
from itertools import count

import pytest
from django.contrib.auth.models import User

from fin_bridge import helpdesk as fin
from fin_bridge.database import clock
from fin_bridge.helpdesk import Context, current
from fin_bridge.models import ConversationState
from fin_bridge.operating import handover_watch
from fin_bridge.testing.in_process import ask, refused
from tests.hosts.cases.models import (
    Assignment,
    Comment,
    Incident,
    Keyword,
    Outage,
    Person,
    State,
    Subject,
    Worker,
    merged,
)
from tests.hosts.hosted import Hosted, heard, known

numbers = count(1)


class TestCases(Hosted):
    @classmethod
    def setUpTestData(cls) -> None:
        for code in ("working", "fixed", "filed"):
            State.objects.create(code=code)

    def make_end_user(self) -> Person:
        return Person.objects.create(name="Grace")

    def make_agent(self) -> Worker:
        name = f"worker{next(numbers)}"
        return Worker.objects.create(login=User.objects.create(username=name), nickname=name)

    def make_conversation(self, end_user: Person) -> Incident:
        state = State.objects.get(code="working")
        return Incident.objects.create(headline="Smoke", person=end_user, state=state)

    def make_message(self, conversation: Incident, agent: Worker, text: str) -> Comment:
        marks = str.maketrans({mark: f"&#{ord(mark)};" for mark in string.punctuation})
        return Comment.objects.create(target=conversation, by=agent, text=text.translate(marks))


# --- What is particular about them --------------------------------------------------------------

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def state() -> State:
    return State.objects.create(code="working")


@pytest.fixture
def incident(state: State) -> Incident:
    person = Person.objects.create(name="Grace")
    incident = Incident.objects.create(headline="Smoke", person=person, state=state)
    heard()
    return incident


@pytest.fixture
def worker() -> Worker:
    login = User.objects.create_user("worker", first_name="Wanda")
    return Worker.objects.create(login=login, nickname="W")


def test_t6_a_child_and_a_parent_of_an_incident_fire(incident: Incident, state: State) -> None:
    outage = Outage.objects.create(person=incident.person, state=state, headline="Dark")
    assert heard() == [str(outage.pk)]
    Subject.objects.get(pk=incident.pk).save()
    assert heard() == [str(incident.pk)]
    other = Subject.objects.create(person=incident.person, headline="No incident")
    other.save()
    assert heard() == []
    assert refused("get_conversation", conversation_id=str(other.pk)) == 404


def test_a_comment_on_a_child_is_the_incidents(state: State, incident: Incident) -> None:
    outage = Outage.objects.create(person=incident.person, state=state)
    Comment.objects.create(target=outage, by=outage.person, text="It is *dark*")
    assert set(heard()) == {str(outage.pk)}
    Comment.objects.create(target=outage.person, by=outage.person, text="About somebody")
    Comment.objects.create(target=outage, by=None, text="Automatic")
    assert set(heard()) == {str(outage.pk)}
    first, second = ask("get_messages", conversation_id=known(outage))
    assert first["body"] == "<p>It is <i>dark</i></p>"
    assert first["author"]["id"] == str(outage.person.pk)
    assert (second["author"]["id"], second["author"]["user_type"]) == ("unknown", "agent")


def test_t8_rows_that_hang_on_an_incident_fire(incident: Incident, worker: Worker) -> None:
    keyword = Keyword.objects.create(incident=incident, word="fire")
    assert heard() == [str(incident.pk)]
    keyword.delete()
    assert heard() == [str(incident.pk)]
    Assignment.objects.create(incident=incident, worker=worker)
    assert heard() == [str(incident.pk)]


def test_t10_an_edit_by_a_new_row_is_one_message(incident: Incident, worker: Worker) -> None:
    old = Comment.objects.create(target=incident, by=worker, text="Old")
    old.replaced = True
    heard()
    old.save(update_fields=["replaced"])
    assert heard() == [str(incident.pk)]
    Comment.objects.create(target=incident, by=worker, text="New")
    messages = ask("get_messages", conversation_id=known(incident))
    assert [message["body"] for message in messages] == ["<p>New</p>"]


def test_update_fields_in_either_spelling_fire(incident: Incident, worker: Worker) -> None:
    comment = Comment.objects.create(target=incident, by=worker, text="x")
    heard()
    for name in ("target_id", "target_type", "by_type_id", "text"):
        comment.save(update_fields=[name])
        assert heard() == [str(incident.pk)]
    incident.save(update_fields=["person_id"])
    assert heard() == [str(incident.pk)]


def test_a_signal_of_the_hosts_own_fires(
    incident: Incident, caplog: pytest.LogCaptureFixture
) -> None:
    merged.send(sender=None, kept=incident, lost=None)
    assert heard() == [str(incident.pk)]
    merged.send(sender=None, lost=incident)
    merged.send(sender=None, kept="nonsense")
    assert heard() == []
    assert "is unknown" in caplog.text


def test_the_latest_assignment_counts(incident: Incident, worker: Worker) -> None:
    conversations, context = current().conversations, Context("default")
    conversations.put(incident, {"assignee": worker}, context)
    conversations.put(incident, {"assignee": worker}, context)
    shown = ask("get_conversation", conversation_id=known(incident))
    assert (shown["assignee"]["alias_name"], shown["assignee"]["name"]) == ("W", "Wanda")
    conversations.handover(incident, context)
    assert list(incident.assignments.values_list("worker", flat=True)) == [worker.pk, None]
    assert conversations.read(incident, "assignee") is None
    assert heard() == []


def test_an_agent_is_who_the_description_says(worker: Worker) -> None:
    agents = current().agents
    assert agents.for_user(worker.login) == worker
    assert agents.for_user(User.objects.create(username="x")) is None


def test_an_answer_to_a_handover_is_seen(incident: Incident, worker: Worker) -> None:
    conversation_id = known(incident)
    states = ConversationState.objects.filter(conversation_id=conversation_id)
    states.update(handover="waiting", handed_over_at=clock.now("default"), holder="people")
    Comment.objects.create(target=incident, by=worker, text="I am on it.")
    handover_watch.watch(clock.now("default"))
    assert states.get().handover == "answered"


def test_no_author_is_put_in_the_place_of_a_conversation(incident: Incident) -> None:
    class Comments(fin.Messages):
        model, conversation, created_at = "cases.Comment", "target", "created"
        author, body = fin.Author(agent="by", end_user="target"), fin.Text("text")

    class ByAnybody(Comments):
        author, prefix = fin.Author("target"), "x-"

    desk = current()
    described = [type(part) for part in desk.parts if not isinstance(part, fin.Messages)]
    parts = fin.Helpdesk(*described, Comments, ByAnybody).messages
    for part in parts:
        for author in (incident.person, None):
            row = part.new(Context("default"))
            part.put(row, {"conversation": incident, "author": author}, Context("default"))
            row.refresh_from_db()
            assert row.target == incident
    row = Comment(target=incident)
    worker = Worker.objects.create(login=User.objects.create(username="w"), nickname="W")
    assert parts[0].fields["author"].write(row, worker, Context("default")) == {"by_type", "by_id"}
    assert (row.by, row.target) == (worker, incident)


def test_rows_and_attributes_behind_a_generic_key_are_told_before_they_fail() -> None:
    said = "generic key"
    for rows in (fin.Latest("remarks", "kind"), fin.Latest("assignments", "team")):
        [problem] = rows.bind(current().conversations, "assignee").problems()
        assert said in problem
        assert "get_assignee()" in problem
    assert [
        *fin.Latest("assignments", "worker").bind(current().conversations, "a").problems()
    ] == []
