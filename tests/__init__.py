"""The tests of fin_bridge."""

from tests.support.celery_app import app

__all__ = ["app"]
