"""What every test may use; the fixtures themselves stand in modules by topic."""

import pytest
from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer

# It sends an answer in two parts; the second would wait 40 ms for the first's acknowledgement.
WSGIRequestHandler.disable_nagle_algorithm = True
# Some tests come with 64 callers at once; of more than wait to be let in, some are turned away.
WSGIServer.request_queue_size = 128

pytest_plugins = [
    "tests.support.left_out",
    "tests.support.live_requests",
    "tests.support.services",
    "tests.support.processes",
    "tests.support.browser",
    "tests.support.world",
    "tests.support.fin_caller",
]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what uses the database, so that it can be run on another one."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("django_db") or fixtures & {
        "db",
        "transactional_db",
        "live_server",
    }:
        item.add_marker("database")
