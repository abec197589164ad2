"""Generic foreign keys, which are two columns."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test.utils import isolate_apps

from fin_bridge.helpdesk.django import generic_keys
from helpdesk_demo.models import Customer, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def note() -> Any:
    with isolate_apps("helpdesk_demo"):

        class Note(models.Model):  # noqa: DJ008  # nobody prints one
            kind = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
            number = models.CharField(max_length=20)
            subject = GenericForeignKey("kind", "number")

            class Meta:
                app_label = "helpdesk_demo"

        return Note()


def test_a_key_is_told_from_a_column(note: Any) -> None:
    assert generic_keys.is_key(note._meta.get_field("subject"))
    assert not generic_keys.is_key(note._meta.get_field("kind"))


def test_it_is_two_columns(note: Any) -> None:
    field = note._meta.get_field("subject")
    assert generic_keys.columns(field) == {"subject", "kind", "kind_id", "number"}
    assert generic_keys.stored(field) == ("kind_id", "number")


def test_it_is_set_once_and_leads_to_one_model(
    note: Any, ticket: Ticket, customer: Customer
) -> None:
    field = note._meta.get_field("subject")
    assert generic_keys.assign(note, field, ticket) == {"kind", "number"}
    assert generic_keys.assign(note, field, ticket) == set()
    assert str(generic_keys.key(field, note, Ticket)) == str(ticket.pk)
    assert generic_keys.key(field, note, Customer) is None


def test_a_query_finds_the_rows_that_lead_to_an_object(note: Any, ticket: Ticket) -> None:
    field = note._meta.get_field("subject")
    kind = ContentType.objects.get_for_model(Ticket).pk
    condition = generic_keys.matching(field, "x__", ticket)
    assert condition == {"x__kind__in": [kind], "x__number": str(ticket.pk)}
    several = generic_keys.among(field, "", [ticket])
    assert several == {"kind__in": {kind}, "number__in": [str(ticket.pk)]}
