"""Memory for others: one row for each object, and what rows are called."""

import pytest
from django.db import IntegrityError, transaction

from fin_bridge.models import FinReference, Kept, KeptMessage
from tests.support.world import Clock


@pytest.mark.django_db
def test_fin_creates_an_object_once(stopped_clock: Clock) -> None:
    about = {"integration": "default", "object_id": "m", "created_at": stopped_clock.now}
    FinReference.objects.create(kind="message", **about)
    FinReference.objects.create(kind="conversation", **about)
    with pytest.raises(IntegrityError), transaction.atomic():
        FinReference.objects.create(kind="message", **about)


def test_rows_are_named_in_words() -> None:
    assert str(FinReference(kind="message", object_id="m")) == "message m"
    assert str(Kept(kind="conversation", local_id="c")) == "conversation c"
    assert str(KeptMessage(message_id="kept-3")) == "kept-3"
