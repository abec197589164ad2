"""Pictures are https addresses that Fin can load, or none."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.fields.file_addresses import StoredFile
from fin_bridge.helpdesk.fields.pictures import column_of, of_text, photo, with_files
from fin_bridge.records import Attachment
from helpdesk_demo.models import ReplyFile

HOME = "https://helpdesk.example.com"
SIGNED = f"{HOME}/api/fin/attachments/token/a%26b.png"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (None, None),
        ("", None),
        ("https://cdn.example.com/a.png", "https://cdn.example.com/a.png"),
        ("/media/a.png", f"{HOME}/media/a.png"),
        ("//cdn.example.com/a.png", "https://cdn.example.com/a.png"),
        ("http://cdn.example.com/a.png", None),
        ("avatars/a.png", None),
        ("data:image/png;base64,AA", None),
        ("mailto:a@example.com", None),
    ],
)
def test_a_photo_is_an_address_or_a_path_on_this_site(
    value: str | None, address: str | None
) -> None:
    assert photo(current().end_users, value) == address


def test_a_file_that_is_no_column_of_the_description_has_its_storages_address(
    settings: Settings,
) -> None:
    settings.MEDIA_URL = "/media/"
    row = ReplyFile()
    assert photo(current().end_users, row.upload) is None
    row.upload.name = "a.png"
    assert photo(current().end_users, row.upload) == f"{HOME}/media/a.png"
    assert column_of(current().end_users.fields["photo_url"]) is None
    assert column_of(None) is None


def test_a_name_without_a_path_leads_nowhere() -> None:
    assert of_text("image001.png") == ""
    for source in ("cid:1", "data:image/png,x", "/media/a.png", "a/b.png", "https://x.example/a"):
        assert of_text(source) is None


def test_only_a_messages_own_files_are_signed(settings: Settings) -> None:
    settings.MEDIA_URL = "/media/"
    files = [
        StoredFile(SIGNED, "image/png", "a.png", "private/a&b.png"),
        Attachment("https://cdn.example.com/b.png", "image/png", "b.png"),
    ]
    own, other = f"{HOME}/media/private/a%26b.png?x=1", f"{HOME}/media/private/c.png"
    body = f'<p><img src="{own}" alt="A"> <img src="{other}"> <img src="https://x.example/"></p>'
    assert with_files(body, files) == body.replace(own, SIGNED)
    assert with_files(body, files[1:]) == body
    plain = '<p><img src="https://x.example/private/a&amp;b.png"></p>'
    assert with_files(plain, files) == plain
