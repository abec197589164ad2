"""Pictures that are pasted into a text, and those that a mail has as parts of its own."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import pytest
from django.core.files.base import ContentFile

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import NotFoundError
from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.fields import inline_pictures
from fin_bridge.helpdesk.fields.downloads import open_file
from fin_bridge.helpdesk.reading.columns import Columns
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.records import Message
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Reply, ReplyFile, Ticket

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 12
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
GIF = b"GIF89a\1\0\1\0"
WEBP = b"RIFF\x24\0\0\0WEBPVP8 "

SIGNED = re.compile(
    r"https://helpdesk\.example\.com/api/fin/attachments/([^/\"]+)/([^/\"]+)(?=\")"
)


def data(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


def desk_of(**words: Any) -> Helpdesk:
    replies = type("Replies", (demo.Replies,), words)
    return fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)


READ_FROM = {"columns": {}, "instances": {"is_whole": lambda self, obj: True}}


@pytest.fixture(params=READ_FROM)
def words(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What makes the messages be read from columns, and what from instances."""
    return dict(READ_FROM[request.param])


def write(ticket: Ticket, body: str, **file: Any) -> Reply:
    [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body=body)])
    if file:
        ReplyFile.objects.bulk_create([ReplyFile(reply=reply, upload="a/b.png", **file)])
    return reply


def read(desk: Helpdesk, ticket: Ticket) -> Message:
    """The message after the opening."""
    return [shown.message for shown in Timeline(desk, ticket)][-1]


def body_of(desk: Helpdesk, ticket: Ticket) -> str:
    """A message's text, with the names in place of the signed addresses that end in them."""
    return SIGNED.sub(r"SIGNED/\2", read(desk, ticket).body or "")


def test_both_ways_of_reading_are_tested(words: dict[str, Any]) -> None:
    [*_, part] = desk_of(**words).messages
    assert (Columns.of(part, part.queryset()) is None) is bool(words)


@pytest.mark.parametrize(
    ("content", "kind", "suffix"),
    [
        (PNG, "png", "png"),
        (PNG, "png;filename=a%20b.png", "png"),
        (JPEG, "jpeg", "jpeg"),
        (JPEG, "jpg", "jpeg"),
        (GIF, "gif", "gif"),
        (WEBP, "webp", "webp"),
        (PNG, "jpeg", "png"),
    ],
)
def test_a_pasted_picture_is_served_by_us(
    ticket: Ticket, words: dict[str, Any], content: bytes, kind: str, suffix: str
) -> None:
    write(ticket, f'<p>See <img alt="" src="{data(content, kind)}"></p>')
    desk = desk_of(**words)
    assert body_of(desk, ticket) == f'<p>See <img src="SIGNED/picture-1.{suffix}"></p>'
    found = SIGNED.search(read(desk, ticket).body or "")
    assert found is not None
    opened, filetype = open_file(desk, found[1])
    assert (opened.read(), filetype) == (content, f"image/{suffix}")


FOLDED = re.sub("(.{76})", "\\1\r\n", data(PNG))


@pytest.mark.parametrize(
    "picture",
    [
        f"<img src={data(PNG)}>",
        f"<img src={data(PNG)} alt=''>",
        f"<IMG class=x\n SRC = ' {FOLDED} '>",
        f'<img data-src="x" src="{data(PNG)}" alt="">',
    ],
)
def test_an_attribute_may_be_written_in_several_ways(ticket: Ticket, picture: str) -> None:
    write(ticket, picture)
    desk = desk_of()
    assert body_of(desk, ticket) == '<img src="SIGNED/picture-1.png">'
    found = SIGNED.search(read(desk, ticket).body or "")
    assert found is not None
    assert open_file(desk, found[1])[0].read() == PNG


@pytest.mark.parametrize(
    "source",
    [
        data(b"<svg/>", "svg+xml"),
        data(b"BM", "bmp"),
        data(b"<html>", "png"),
        data(PNG) + "%3D",
        f"data:image/png,{PNG[:4]!r}",
        "data:text/html;base64,iVBORw0KGgo=",
    ],
)
def test_what_is_no_picture_of_the_four_types_is_named(
    ticket: Ticket, words: dict[str, Any], source: str
) -> None:
    write(ticket, f'<p>See <img src="{source}" alt="Plan">.</p>')
    assert body_of(desk_of(**words), ticket) == "<p>See [Plan].</p>"


def test_a_dot_is_left_out_and_a_size_is_bounded(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(ticket, f'<p>Hi<img src="{data(GIF, "gif")}" width="1" height="1"></p>')
    assert body_of(desk_of(), ticket) == "<p>Hi</p>"
    large = b64encode(PNG[:8] + bytes(inline_pictures._LARGEST)).decode()
    write(ticket, f'<p>See <img src="data:image/png;base64,{large}" alt="All"></p>')
    assert body_of(desk_of(), ticket) == "<p>See [All]</p>"


def test_pictures_are_numbered_and_found_while_the_text_has_them(ticket: Ticket) -> None:
    pictures = [data(GIF, "gif"), "cid:none", data(PNG), data(b"", "png"), data(JPEG, "jpeg")]
    reply = write(ticket, "".join(f'<img src="{picture}" alt="">' for picture in pictures))
    desk = desk_of()
    tokens = {name: token for token, name in SIGNED.findall(read(desk, ticket).body or "")}
    assert [*tokens] == ["picture-1.gif", "picture-2.png", "picture-3.jpeg"]
    assert open_file(desk, tokens["picture-3.jpeg"])[0].read() == JPEG
    Reply.objects.filter(pk=reply.pk).update(body=f'<img src="{data(GIF, "gif")}A">')
    with pytest.raises(NotFoundError):
        open_file(desk, tokens["picture-3.jpeg"])
    with pytest.raises(NotFoundError):
        open_file(desk_of(body=fin.Text("body")), tokens["picture-1.gif"])
    with pytest.raises(NotFoundError):
        open_file(desk_of(body="body"), tokens["picture-1.gif"])
    Reply.objects.filter(pk=reply.pk).update(body='<img src="data:image/jpeg;base64,/9j/A">')
    with pytest.raises(NotFoundError):  # a single character more is no base64
        open_file(desk, tokens["picture-1.gif"])
    Reply.objects.all().delete()
    with pytest.raises(NotFoundError):
        open_file(desk, tokens["picture-1.gif"])


def test_the_opening_may_have_pictures_too(ticket: Ticket) -> None:
    Ticket.objects.update(description=f'<p>See <img src="{data(PNG)}"></p>')
    ticket.refresh_from_db()
    desk = desk_of()
    found = SIGNED.search(read(desk, ticket).body or "")
    assert found is not None
    assert open_file(desk, found[1])[0].read() == PNG


@pytest.mark.parametrize("name", ["content_type", "mail_id"])
@pytest.mark.parametrize("stored", ["<logo.7@mail>", "logo.7@mail"])
def test_a_picture_of_a_mail_is_the_attachment_of_its_content_id(
    ticket: Ticket,
    words: dict[str, Any],
    name: str,
    stored: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mail_id = property(lambda row: row.content_type or None)
    monkeypatch.setattr(ReplyFile, "mail_id", mail_id, raising=False)
    files = fin.Files("files", file="upload", name="filename", content_id=name)
    desk = desk_of(attachments=files, **words)
    reply = write(
        ticket,
        '<p><img src="cid:logo.7%40mail" alt="Logo"> <img src="cid:8@mail" alt="Plan"></p>',
        filename="our logo.png",
        content_type=stored,
    )
    ReplyFile.objects.create(reply=reply, upload="c.png", filename="c.png")
    message = read(desk, ticket)
    assert SIGNED.sub(r"SIGNED/\2", message.body or "") == (
        '<p><img src="SIGNED/our%20logo.png" alt="Logo"> [Plan]</p>'
    )
    assert message.attachments[0].url in (message.body or "")


@pytest.mark.parametrize(
    ("picture", "shown"),
    [
        ('<img src="cid:b.png@01DB2F4A" alt="">', '<img src="SIGNED/b.png">'),
        ('<img src="cid:b.png" alt="Plan">', '<img src="SIGNED/b.png" alt="Plan">'),
        ('<img src="cid:c.png@01DB2F4A" alt="Plan">', "[Plan]"),
        ('<img src="cid:c.png@01DB2F4A">', "[image]"),
        ('<img src="cid:c.png@01DB2F4A" alt="">', ""),
        ('<img src="cid:b.png@1" width="1" height="1">', ""),
        ("<code>cid:b.png</code>", "<code>cid:b.png</code>"),
    ],
)
def test_a_picture_of_a_mail_may_be_the_attachment_of_its_name(
    ticket: Ticket, words: dict[str, Any], picture: str, shown: str
) -> None:
    write(ticket, f"<p>See: {picture}</p>", filename="b.png")
    assert body_of(desk_of(**words), ticket) == f"<p>See: {shown}</p>".replace(" </p>", "</p>")


def test_files_of_other_messages_and_other_bodies_are_left_alone(
    ticket: Ticket, words: dict[str, Any]
) -> None:
    markup = '<p>See <img src="cid:b.png@1" alt="Plan"></p>'
    write(ticket, markup, filename="b.png")
    write(ticket, markup)
    assert body_of(desk_of(**words), ticket) == "<p>See [Plan]</p>"
    write(ticket, markup, filename="b.png")
    assert "cid:b.png@1" in body_of(desk_of(body=fin.Text("body"), **words), ticket)
    assert "cid:b.png@1" in body_of(desk_of(body="body", **words), ticket)
    without_files = desk_of(attachments=None, **words)
    assert body_of(without_files, ticket) == "<p>See [Plan]</p>"


def test_markdown_may_have_pictures_in_either_way(ticket: Ticket, words: dict[str, Any]) -> None:
    desk = desk_of(body=fin.Markdown("body"), **words)
    text = f'![One]({data(PNG)}) <img src="{data(GIF, "gif")}" alt="Two"> ![3](<cid:b.png@1> "T")'
    write(ticket, text, filename="b.png")
    assert body_of(desk, ticket) == (
        '<p><img src="SIGNED/picture-1.png" alt="One"> '
        '<img src="SIGNED/picture-2.gif" alt="Two"> <img src="SIGNED/b.png" alt="3"></p>'
    )
    found = SIGNED.findall(read(desk, ticket).body or "")
    assert open_file(desk, found[1][0])[0].read() == GIF


def test_the_columns_of_a_content_id_are_checked(desk: Helpdesk) -> None:
    files = fin.Files("files", file="upload", content_id="cid").bind(
        desk.messages[1], "attachments"
    )
    assert [*files.problems()] == ["helpdesk_demo.ReplyFile has no 'cid' (of its files)"]


def test_a_stored_file_and_a_pasted_picture_have_addresses_of_their_own(ticket: Ticket) -> None:
    reply = write(ticket, f'<p><img src="cid:b.png@1"><img src="{data(GIF, "gif")}"></p>')
    ReplyFile.objects.create(reply=reply, upload=ContentFile(PNG, "b.png"), filename="b.png")
    desk = desk_of()
    contents = [
        open_file(desk, token)[0].read()
        for token, _ in SIGNED.findall(read(desk, ticket).body or "")
    ]
    assert contents == [PNG, GIF]
