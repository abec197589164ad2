"""Settings in which nothing is wrong."""

import pytest
from pytest_django.fixtures import Settings

from tests.support.checked import CACHES, HASHED, WELL


@pytest.fixture(autouse=True)
def _well(settings: Settings) -> None:
    """Leave nothing to complain of, also under --deploy."""
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": dict(WELL)}
    settings.OAUTH2_PROVIDER = HASHED
    settings.CACHES = CACHES
