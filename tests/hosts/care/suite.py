"""The contract on the care desk, and what is particular about it."""

import html
import re
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.test import override_settings

from fin_bridge import helpdesk as fin
from fin_bridge.events import capture
from fin_bridge.exceptions import NotFoundError
from fin_bridge.helpdesk import Context, current
from fin_bridge.helpdesk.fields.downloads import open_file
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.testing.in_process import ask, refused
from tests.hosts.care.models import Case, Contact, Duty, Member, Memo, Reply, ReplyFile
from tests.hosts.hosted import Hosted, heard, known

numbers = count(1)


class TestCare(Hosted):
    def make_end_user(self) -> Contact:
        return Contact.objects.create(full_name="Grace", email=f"{next(numbers)}@example.com")

    def make_agent(self) -> Member:
        return Member.objects.create(email=f"member{next(numbers)}@example.com")

    def make_conversation(self, end_user: Contact) -> Case:
        return Case.objects.create(topic="Help", contact=end_user)

    def make_message(self, conversation: Case, agent: Any, text: str) -> Reply:
        return Reply.objects.create(
            case=conversation, member=agent, html=f"<div>{html.escape(text)}</div>"
        )


# --- What is particular about it ----------------------------------------------------------------

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case() -> Case:
    [case] = Case.objects.bulk_create(
        [Case(contact=Contact.objects.create(email="g@example.com"), topic="Help")]
    )
    return case


@pytest.fixture
def member() -> Member:
    return Member.objects.create(email="member@example.com")


def test_t3_a_file_that_comes_after_its_reply_fires(case: Case, member: Any) -> None:
    [reply] = Reply.objects.bulk_create([Reply(case=case, member=member)])
    ReplyFile.objects.create(reply=reply, blob=ContentFile(b"x", "a.txt"))
    assert heard() == [str(case.pk)]
    [message] = ask("get_messages", conversation_id=known(case))
    [file] = message["attachments"]
    assert (file["filetype"], file["url"][:28]) == ("text/plain", "https://helpdesk.example.com")


def test_t4_a_key_that_is_spelled_otherwise_is_the_same(case: Case) -> None:
    conversation_id, case.pk = str(case.pk), case.pk.hex
    case.save()
    assert heard() == [conversation_id]


def test_t8_members_that_come_and_go_fire(case: Case, member: Any) -> None:
    case.assignees.add(member)
    assert set(heard()) == {str(case.pk)}
    member.case_set.remove(case)
    assert set(heard()) == {str(case.pk)}
    duty = Duty.objects.create(case=case, member=member)
    assert heard() == [str(case.pk)]
    duty.delete()
    assert heard() == [str(case.pk)]
    Duty.objects.bulk_create([Duty(case=case, member=member)])  # for reconcile to find
    assert heard() == []


def test_t9_the_contact_may_come_later(case: Case) -> None:
    Case.objects.update(contact=None)
    conversation_id = known(case)
    user = ask("get_conversation", conversation_id=conversation_id)["user"]
    assert (user["id"], user["name"]) == ("unknown", None)


def test_t16_a_status_is_answered_as_it_reads_back(case: Case) -> None:
    conversation_id = known(case)
    answer = ask("update_conversation", conversation_id=conversation_id, status="resolved")
    assert answer["status"] == "closed"


def test_t17_a_uuid_in_another_spelling_is_nobodys(case: Case) -> None:
    known(case)
    for given in (case.pk.hex, str(case.pk).upper(), f"{{{case.pk}}}", f"urn:uuid:{case.pk}"):
        assert refused("get_conversation", conversation_id=given) == 404


def test_t19_what_came_after_is_told_by_time_over_both_tables(case: Case, member: Any) -> None:
    for number in range(3):
        moment = datetime(2026, 1, 1, 12, number, tzinfo=UTC)
        reply = Reply.objects.create(case=case, member=member, html=f"reply {number}")
        memo = Memo.objects.create(case=case, member=member, text=f"memo {number}")
        Reply.objects.filter(pk=reply.pk).update(sent=moment)
        Memo.objects.filter(pk=memo.pk).update(written=moment)
    desk = current()
    shown = [told.message for told in Timeline(desk, case)]
    assert [re.sub("<.*?>", "", str(one.body)) for one in shown] == [
        f"{kind} {number}" for number in range(3) for kind in ("reply", "memo")
    ]


def test_t26_an_author_by_address_is_the_member(case: Case, member: Any) -> None:
    Reply.objects.create(case=case, member=member, html="Hi")
    [message] = ask("get_messages", conversation_id=known(case))
    assert message["author"]["id"] == str(member.pk)


def test_an_end_user_without_an_address_gets_one_of_nobodys(case: Case) -> None:
    first, second = (ask("create_user", object_id=f"u{number}") for number in range(2))
    assert first["email"] is None
    assert Contact.objects.get(pk=second["id"]).email.endswith("@end-user.invalid")


def test_the_first_assignee_counts_and_fins_is_the_only_one(case: Case, member: Any) -> None:
    conversations, context = current().conversations, Context("default")
    other: Any = Member.objects.create(email="other@example.com")
    case.assignees.set([member, other])
    heard()
    conversations.put(case, {"assignee": other}, context)
    assert list(case.assignees.all()) == [other]
    conversations.put(case, {"assignee": other}, context)
    conversations.handover(case, context)
    assert not case.assignees.exists()
    assert heard() == []


def stored(token_and_name: str) -> bytes:
    """The content of the file at an address of ours."""
    file, filetype = open_file(current(), token_and_name.split("/")[-2])
    assert filetype == "image/png"
    with file:
        content: bytes = file.read()
    return content


def test_people_without_a_picture_have_none(case: Case, member: Any) -> None:
    case.assignees.add(member)
    answer = ask("get_conversation", conversation_id=known(case))
    assert (answer["user"]["photo_url"], answer["assignee"]["photo_url"]) == (None, None)
    assert answer["user"]["attributes"] == {"contract": None}
    assert [agent["photo_url"] for agent in ask("get_agents")] == [None]
    assert ask("create_user", object_id="u-1")["photo_url"] is None


def test_a_stored_photo_is_an_address_of_ours(case: Case, member: Any) -> None:
    assert case.contact is not None
    case.contact.portrait.save("a.png", ContentFile(b"portrait"))
    member.avatar.save("b.png", ContentFile(b"avatar"))
    with override_settings(MEDIA_URL="/media/"):
        [agent] = ask("get_agents")
    [user] = [ask("get_user", user_id=str(case.contact_id))]
    assert agent["photo_url"] == f"https://helpdesk.example.com/media/{member.avatar.name}"
    assert user["photo_url"].startswith("https://helpdesk.example.com/api/fin/attachments/")
    assert stored(user["photo_url"]) == b"portrait"
    case.contact.portrait.delete()
    with pytest.raises(NotFoundError):
        stored(user["photo_url"])
    member.avatar.delete()


def test_a_picture_in_a_text_is_signed_if_it_is_a_file_of_that_message(
    case: Case, member: Any
) -> None:
    replies = [Reply(case=case, member=member) for _ in range(2)]
    Reply.objects.bulk_create(replies)
    files = [ReplyFile(reply=reply) for reply in replies]
    for file in files:
        file.blob.save("s c.png", ContentFile(b"picture"))
    for reply in replies:
        names = " ".join(f'<img src="/media/{quote(str(file.blob))}">' for file in files)
        Reply.objects.filter(pk=reply.pk).update(html=f"<p>See {names}</p>")
    with override_settings(MEDIA_URL="/media/"):
        shown = ask("get_messages", conversation_id=known(case))
    for number, reply in enumerate(replies):
        [message] = [one for one in shown if one["id"] == str(reply.pk)]
        sources = re.findall('src="(.*?)"', message["body"])
        assert stored(sources[number]) == b"picture"
        assert sources[number] == message["attachments"][0]["url"]
        other = files[1 - number].blob
        assert sources[1 - number] == f"https://helpdesk.example.com/media/{quote(str(other))}"
    for file in files:
        file.blob.delete()


def test_the_other_end_of_a_relation_is_found_as_well() -> None:
    cases = fin.First("case").bind(current().agents, "cases")
    assert cases.through is Duty
    assert capture._joining(cases) == "member"
