"""Fixtures of this folder."""

from __future__ import annotations

import pytest
from django.test import Client

from fin_bridge.models import IntegrationState
from tests.support.delivery_log import (
    NOON,
    PERMISSIONS,
    operator,
)
from tests.support.overview_page import WATCHING
from tests.support.world import Clock


@pytest.fixture
def noon(stopped_clock: Clock) -> None:
    stopped_clock.set(NOON)


@pytest.fixture
def olga() -> Client:
    return operator(*PERMISSIONS)


@pytest.fixture
def watcher() -> Client:
    IntegrationState.objects.create(integration="default", swept_at=NOON)
    return operator(*WATCHING)
