"""Our own addresses for files: signed, and quoted."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.core import signing
from pytest_django import Settings

from fin_bridge.helpdesk.fields import file_addresses


@pytest.mark.parametrize("name", ["a.png", "a b.png", "é~_.-%", "/etc/passwd", "", "a?b#c"])
def test_an_address_is_signed_as_django_signs(settings: Settings, name: str) -> None:
    address = file_addresses.Addresses().of("demo.file.upload", 12, name)
    token, last = address.partition("/attachments/")[2].split("/", 1)
    named = signing.TimestampSigner(salt="fin_bridge.attachments").unsign(token, max_age=5)
    assert signing.b64_decode(named.encode()) == b"demo.file.upload:12"
    assert last == quote(name or "file")


@pytest.mark.parametrize("secret", ["x", "ü" * 1000, b"bytes", b"\xff" * 1000])
def test_an_address_is_signed_with_any_secret(settings: Settings, secret: Any) -> None:
    settings.SECRET_KEY = secret
    address = file_addresses.Addresses().of("demo.file.upload", 12, "a.png")
    token = address.partition("/attachments/")[2].split("/")[0]
    assert signing.TimestampSigner(salt="fin_bridge.attachments").unsign(token, max_age=5)
