"""The tests of fin_bridge."""

from tests.celery_app import app

__all__ = ["app"]
