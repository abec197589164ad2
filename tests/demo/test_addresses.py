import pytest
from django.test import Client
from pytest_django import Settings

from helpdesk_demo.settings import MIDDLEWARE

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/?next=/tickets/1/"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    settings.MIDDLEWARE = MIDDLEWARE
    settings.ALLOWED_HOSTS = ["*"]
    return settings


def browser(name: str) -> Client:
    return Client(headers={"Host": f"{name}:8000"})


def test_pages_offer_the_messenger_only_where_one_runs(
    admin_client: Client, settings: Settings
) -> None:
    assert b"<iframe" not in admin_client.get("/").content

    settings.DEMO_MESSENGER_URL = "http://localhost:8001"

    assert b'data-src="http://localhost:8001"' in admin_client.get("/").content


def test_a_page_opened_by_number_is_led_to_the_messengers_site(settings: Settings) -> None:
    settings.DEMO_MESSENGER_URL = "http://localhost:8001"

    answer = browser("127.0.0.1").get(LOGIN)

    assert (answer.status_code, answer["Location"]) == (302, f"http://localhost:8000{LOGIN}")
    assert browser("localhost").get(LOGIN).status_code == 200
    assert browser("helpdesk.example.com").get(LOGIN).status_code == 200


def test_what_is_posted_by_number_is_taken(settings: Settings) -> None:
    settings.DEMO_MESSENGER_URL = "http://localhost:8001"

    assert browser("127.0.0.1").post(LOGIN, {"username": "x", "password": "y"}).status_code == 200


def test_fin_comes_in_by_number(settings: Settings) -> None:
    settings.DEMO_MESSENGER_URL = "http://localhost:8001"

    assert browser("127.0.0.1").get("/api/fin/agents").status_code == 401


def test_without_a_messenger_nobody_is_led_anywhere(settings: Settings) -> None:
    settings.DEMO_MESSENGER_URL = ""

    assert browser("127.0.0.1").get(LOGIN).status_code == 200
