"""The states of conversations: the words in which they are asked for."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from fin_bridge.models import ConversationState, EndUserState, IntegrationState
from tests.support.world import Clock


@pytest.fixture
def state(db: None, stopped_clock: Clock) -> ConversationState:
    state: ConversationState = ConversationState.objects.create(
        integration="default",
        conversation_id="7",
        token=uuid4(),
        lease_until=stopped_clock.now,
        not_before=stopped_clock.now,
    )
    return state


def test_a_state_is_found_by_its_conversation(state: ConversationState) -> None:
    assert ConversationState.objects.about("default", ["6", "7"]).get() == state
    assert not ConversationState.objects.about("default", ["6"]).exists()
    assert not ConversationState.objects.about("other", ["7"]).exists()


def test_fin_knows_a_conversation_from_some_time_on(
    state: ConversationState, stopped_clock: Clock
) -> None:
    assert not ConversationState.objects.known_to_fin().exists()
    ConversationState.objects.update(known_at=stopped_clock.now)
    assert ConversationState.objects.known_to_fin().get() == state


def test_backoff_holds_a_conversation_until_its_time(
    state: ConversationState, stopped_clock: Clock
) -> None:
    before = stopped_clock.now - timedelta(microseconds=1)
    assert ConversationState.objects.held_until_after(before).get() == state
    assert not ConversationState.objects.held_until_after(stopped_clock.now).exists()


def test_a_lease_that_is_ended_leaves_nothing(state: ConversationState) -> None:
    assert ConversationState.objects.all().end_leases() == 1
    state.refresh_from_db()
    assert (state.token, state.lease_until) == (None, None)


def test_rows_are_named_in_words() -> None:
    assert str(ConversationState(integration="a", conversation_id="7")) == "a: 7"
    assert str(EndUserState(integration="a", end_user_id="7")) == "a: 7"
    assert str(IntegrationState(integration="a")) == "a"
