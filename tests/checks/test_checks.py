"""Every check is triggered by its mistake, documented, and silent where all is well."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.db import connection
from pytest_django.fixtures import Settings as SettingsWrapper

from fin_bridge import helpdesk as fin
from fin_bridge.checks import description
from fin_bridge.checks.settings import ELSEWHERE, RULES
from fin_bridge.conf import Settings, conf
from helpdesk_demo import fin as demo

ROOT = Path(__file__).resolve().parents[2]
DIGEST = "0" * 64
WELL: Mapping[str, Any] = {
    "ID": "integration-1",
    "WEBHOOK_KEYS": ["webhook-key"],
    "SIGNING_KEYS": [lambda: "signing-key"],
    "CLIENT_IDS": ["fin-client"],
    "REGION": "EU",
}
HASHED = {"COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True}


@pytest.fixture(autouse=True)
def _well(settings: SettingsWrapper) -> None:
    """Nothing to complain of, also under --deploy."""
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": dict(WELL)}
    settings.OAUTH2_PROVIDER = HASHED
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"},
        "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    }


def found() -> list[checks.CheckMessage]:
    messages = checks.run_checks(tags=["fin_bridge"], include_deployment_checks=True)
    return [message for message in messages if str(message.id).startswith("fin_bridge.")]


def ids() -> list[str]:
    return [str(message.id).removeprefix("fin_bridge.") for message in found()]


def documented() -> set[str]:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `fin_bridge\.([EW]\d{3})` \|", page, flags=re.MULTILINE))


def in_the_source() -> list[str]:
    folder = ROOT / "fin_bridge" / "checks"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    return re.findall(r'"fin_bridge\.([EW]\d{3})"', source)


class _Integrations:
    """The settings that a case of the table below sets: options of one integration."""

    def __init__(self, **options: Any) -> None:
        merged = {**WELL, **options}
        self.value = {"default": {k: v for k, v in merged.items() if v is not ...}}


def _two(**options: Any) -> dict[str, Any]:
    other = {**WELL, "ID": "integration-2", "CLIENT_IDS": ["other"], **options}
    return {"default": {**WELL, "TOKENS": [DIGEST]}, "other": other}


SETTINGS: list[tuple[str, str, Any]] = [
    ("E001", "HELPDESK", ""),
    ("E002", "HELPDESK", "helpdesk_demo.nowhere.helpdesk"),
    ("E002", "HELPDESK", "helpdesk_demo.fin.Staff"),
    ("E002", "HELPDESK", "tests.checks.test_checks.unknown_model"),
    ("E002", "HELPDESK", "tests.checks.test_checks.no_label"),
    ("E003", "PUBLIC_URL", ""),
    ("E004", "PUBLIC_URL", "http://help.example.com"),
    ("E004", "PUBLIC_URL", "https://"),
    ("E004", "PUBLIC_URL", "https://help.example.com/?a=b"),
    ("E004", "PUBLIC_URL", "https://[::1"),
    ("E004", "PUBLIC_URL", "https://help.example.com:port"),
    ("E004", "PUBLIC_URL", 7),
    ("E005", "CREDENTIALS", "token"),
    ("E005", "CREDENTIALS", []),
    ("E005", "CREDENTIALS", ["token", "password"]),
    ("E006", "SHOW_PRIVATE_NOTES", "False"),
    ("E007", "SHOW_STAFF", 1),
    ("E008", "SETTLE", "0.5"),
    ("E008", "SETTLE", -1),
    ("E008", "SETTLE", True),
    ("E009", "LEASE", 0),
    ("E010", "SPACING", None),
    ("E011", "DEADLINE", 0),
    ("E012", "LEASE", 16),
    ("E013", "IN_FLIGHT", 0),
    ("E013", "IN_FLIGHT", 1.5),
    ("E014", "RECOVERY_RATE", True),
    ("E015", "TRUST_ENVIRONMENT", None),
    ("E016", "SYNC_QUEUE", ""),
    ("E017", "TYPING_QUEUE", 3),
    ("E018", "TYPING_INTERVAL", 0),
    ("E019", "TYPING_CACHE", "nowhere"),
    ("E020", "ATTACHMENT_LIFETIME", 0),
    ("E021", "OVERLAP", float("nan")),
    ("E022", "RETENTION_DAYS", 0),
    ("E023", "HANDOVER_ALARM", -1),
    ("E023", "HANDOVER_ALARM", "ten minutes"),
    ("W001", "SETLE", 0.5),
    ("E030", "INTEGRATIONS", ["default"]),
    ("E031", "INTEGRATIONS", {}),
    ("E032", "INTEGRATIONS", {"": WELL}),
    ("E032", "INTEGRATIONS", {7: WELL}),
    ("E032", "INTEGRATIONS", {"x" * 65: WELL}),
    ("E033", "INTEGRATIONS", {"default": "integration-1"}),
    ("E034", "INTEGRATIONS", _Integrations(WEBHOOK_KEY="x")),
    ("E035", "INTEGRATIONS", _Integrations(ID=...)),
    ("E035", "INTEGRATIONS", _Integrations(ID=7)),
    ("E036", "INTEGRATIONS", _Integrations(WEBHOOK_KEYS=...)),
    ("E037", "INTEGRATIONS", _Integrations(WEBHOOK_KEYS="webhook-key")),
    ("E037", "INTEGRATIONS", _Integrations(WEBHOOK_KEYS=[""])),
    ("E038", "INTEGRATIONS", _Integrations(REGION=...)),
    ("E039", "INTEGRATIONS", _Integrations(REGION="eu")),
    ("E039", "INTEGRATIONS", _Integrations(REGION=["EU"])),
    ("E040", "INTEGRATIONS", _Integrations(REGION=..., EVENTS_URL="fin.example.com")),
    ("E041", "INTEGRATIONS", _two(ID="integration-1")),
    ("E042", "INTEGRATIONS", _two(CLIENT_IDS=["fin-client"])),
    ("E043", "INTEGRATIONS", _Integrations(CLIENT_IDS=...)),
    ("E044", "INTEGRATIONS", _Integrations(CLIENT_IDS="fin-client")),
    ("E044", "INTEGRATIONS", _Integrations(CLIENT_IDS=[lambda: "fin-client"])),
    ("E045", "INTEGRATIONS", _Integrations(TOKENS=["secret"])),
    ("E045", "INTEGRATIONS", _Integrations(TOKENS=DIGEST)),
    ("E046", "INTEGRATIONS", _two(TOKENS=[DIGEST])),
    ("E047", "INTEGRATIONS", _Integrations(SIGNING_KEYS=[])),
    ("E048", "INTEGRATIONS", _Integrations(SIGNING_KEYS="signing-key")),
    ("E049", "INTEGRATIONS", _Integrations(AGENT_ID="")),
    ("E049", "INTEGRATIONS", _Integrations(AGENT_ID=1.5)),
    ("W002", "INTEGRATIONS", _Integrations(EVENTS_URL="https://fin.example.com")),
    ("W003", "INTEGRATIONS", _Integrations(REGION=..., EVENTS_URL="http://fin.example.com")),
    ("W003", "INTEGRATIONS", _Integrations(REGION=..., EVENTS_URL="http://10.0.0.1:80")),
    ("W007", "TYPING_CACHE", "local"),
]


def test_nothing_is_wrong_with_what_is_well() -> None:
    assert found() == []


@pytest.mark.parametrize(("check", "name", "value"), SETTINGS)
def test_a_mistake_in_a_setting(
    check: str, name: str, value: Any, settings: SettingsWrapper
) -> None:
    setting = f"FIN_BRIDGE_{name}"
    setattr(settings, setting, value.value if isinstance(value, _Integrations) else value)
    [message] = found()
    assert message.id == f"fin_bridge.{check}"
    assert check == "W007" or setting in message.msg
    assert message.hint
    assert isinstance(message, checks.Error if check[0] == "E" else checks.Warning)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CREDENTIALS", {"token"}),
        ("SETTLE", 0),
        ("LEASE", 17),
        ("SYNC_QUEUE", None),
        ("SYNC_QUEUE", "fin"),
        ("RETENTION_DAYS", 0.0 + 1),
        ("PUBLIC_URL", "https://help.example.com/desk/"),
        ("INTEGRATIONS", _two(TOKENS=["1" * 64, lambda: DIGEST])),
        ("INTEGRATIONS", _Integrations(CLIENT_IDS=..., TOKENS=[DIGEST])),
        ("INTEGRATIONS", _Integrations(AGENT_ID=7)),
        ("INTEGRATIONS", _Integrations(REGION=..., EVENTS_URL="http://localhost:8001")),
        ("INTEGRATIONS", _Integrations(REGION=..., EVENTS_URL="http://fin.localhost")),
        ("INTEGRATIONS", _Integrations(REGION=..., EVENTS_URL="http://[::1]:8001/x")),
        ("INTEGRATIONS", _Integrations(REGION=..., EVENTS_URL="https://fin.example.com")),
    ],
)
def test_a_value_that_is_well(name: str, value: Any, settings: SettingsWrapper) -> None:
    given = value.value if isinstance(value, _Integrations) else value
    setattr(settings, f"FIN_BRIDGE_{name}", given)
    assert found() == []


@pytest.mark.parametrize(
    ("credentials", "missing"),
    [(["token"], "SIGNING_KEYS"), (["signature"], "CLIENT_IDS")],
)
def test_what_fin_need_not_show_need_not_be_there(
    credentials: list[str], missing: str, settings: SettingsWrapper
) -> None:
    settings.FIN_BRIDGE_CREDENTIALS = credentials
    settings.FIN_BRIDGE_INTEGRATIONS = _Integrations(**{missing: ...}).value
    assert found() == []


def test_several_mistakes_are_all_named(settings: SettingsWrapper) -> None:
    settings.FIN_BRIDGE_INTEGRATIONS = {"a": {}, "b": "x"}
    settings.FIN_BRIDGE_SETTLE = "x"
    assert sorted(ids()) == ["E008", "E033", "E035", "E036", "E038", "E043", "E047"]


def test_what_surrounds_the_app(settings: SettingsWrapper) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.OAUTH2_PROVIDER = {}
    assert sorted(ids()) == ["W006", "W008"]


def test_clients_want_django_oauth_toolkit(settings: SettingsWrapper) -> None:
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "oauth2_provider"]
    assert ids() == ["E082"]
    settings.FIN_BRIDGE_INTEGRATIONS = _Integrations(CLIENT_IDS=..., TOKENS=[DIGEST]).value
    assert ids() == []


def test_an_unknown_kind_of_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "oracle")
    assert ids() == ["E081"]


class _Elsewhere:
    """A router that parts the events from what they tell of."""

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "other" if model._meta.app_label == "helpdesk_demo" else None


def test_events_in_another_database(settings: SettingsWrapper) -> None:
    settings.DATABASE_ROUTERS = [f"{__name__}.{_Elsewhere.__name__}"]
    assert ids() == ["E080"]


# The description of the helpdesk


class Openings(demo.Openings):
    """Unlike the demo's, to be changed."""


def desk(*parts: type[fin.Part]) -> fin.Helpdesk:
    """The demo's, with these parts in place of those that they are made of."""
    replaced = {base for part in parts for base in part.__mro__}
    theirs = [demo.Customers, demo.Staff, demo.Tickets, demo.Openings, demo.Replies]
    return fin.Helpdesk(*[part for part in theirs if part not in replaced], *parts)


class _UnknownModel(demo.Replies):
    model = "helpdesk_demo.Answer"


class _NoLabel(demo.Replies):
    model = "Answer"


unknown_model, no_label = desk(_UnknownModel), desk(_NoLabel)


def part(base: type[fin.Part], **words: Any) -> type[fin.Part]:
    return type(f"Other{base.__name__}", (base,), words)


def _lost(self: Any, *args: Any) -> None:
    return None


ALL = {"new": "open", "waiting": "open", "solved": "resolved", "archived": "closed"}
ANSWERS = {"open": "waiting", "resolved": "solved", "closed": "archived", "ended": "archived"}

DESCRIPTIONS: list[tuple[str, Callable[[], fin.Helpdesk]]] = [
    ("E060", lambda: desk(part(demo.Tickets, title="headline"))),
    ("E060", lambda: desk(part(demo.Tickets, tags=fin.Many("customer", "name")))),
    ("E061", lambda: desk(part(demo.Tickets, user=None))),
    ("E061", lambda: desk(part(demo.Tickets, status=None))),
    ("E061", lambda: desk(part(demo.Tickets, created_at=None))),
    ("E061", lambda: desk(part(demo.Replies, conversation=None))),
    ("E061", lambda: desk(part(demo.Replies, author=None))),
    ("E061", lambda: desk(part(demo.Replies, created_at=None))),
    ("E061", lambda: desk(part(demo.Openings, created_at=None))),
    ("E062", lambda: desk(part(demo.Replies, body=None, attachments=None))),
    ("E063", lambda: desk(part(demo.Openings, prefix=""))),
    ("E063", lambda: desk(part(demo.Openings, prefix="1"))),
    ("E064", lambda: desk(part(demo.Replies, conversation="ticket.get_absolute_url"))),
    ("E064", lambda: desk(part(demo.Replies, created_at=None, get_created_at=_lost))),
    ("E064", lambda: desk(part(demo.Openings, created_at=fin.Const(None)))),
    (
        "E065",
        lambda: desk(
            part(demo.Tickets, status=fin.Choice("status.slug", {**ALL, "x": "done"}, ANSWERS))
        ),
    ),
    (
        "E065",
        lambda: desk(
            part(
                demo.Replies,
                visibility=fin.Choice("internal", {True: "hidden"}, {"public": 0, "private": 1}),
            )
        ),
    ),
    ("E066", lambda: desk(part(demo.Tickets, status=fin.Choice("status.slug", {"new": "open"})))),
    (
        "E066",
        lambda: desk(
            part(demo.Replies, visibility=fin.Choice("internal", {False: "public"}, {"public": 0}))
        ),
    ),
    ("W004", lambda: desk(part(demo.Replies, visibility=None))),
    (
        "W005",
        lambda: desk(
            part(
                demo.Staff,
                model="helpdesk_demo.StaffProfile",
                name="alias",
                email=None,
                alias=None,
                photo_url=None,
                queryset=fin.Part.queryset,
            )
        ),
    ),
]


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> Callable[[fin.Helpdesk], None]:
    """Has the checks see another description."""
    return lambda helpdesk: monkeypatch.setattr(description, "current", lambda: helpdesk)


@pytest.mark.parametrize(("check", "make"), DESCRIPTIONS)
def test_a_mistake_in_the_description(
    check: str,
    make: Callable[[], fin.Helpdesk],
    described: Callable[[fin.Helpdesk], None],
) -> None:
    described(make())
    [message] = found()
    assert message.id == f"fin_bridge.{check}"
    assert "Other" in message.msg or "helpdesk_demo" in message.msg
    assert message.hint


@pytest.mark.parametrize(
    "make",
    [
        lambda: desk(part(demo.Tickets, user=None, get_user=_lost)),
        lambda: desk(part(demo.Tickets, status=None, get_status=_lost)),
        lambda: desk(part(demo.Tickets, status=fin.Choice("status.slug", ALL), set_status=_lost)),
        lambda: desk(part(demo.Tickets, title=fin.Choice("subject", {"a": "b"}))),
        lambda: desk(
            part(
                demo.Staff,
                model="helpdesk_demo.StaffProfile",
                for_user=_lost,
                name="alias",
                email=None,
                alias=None,
                photo_url=None,
                queryset=fin.Part.queryset,
            )
        ),
    ],
)
def test_what_the_class_says_itself_is_well(
    make: Callable[[], fin.Helpdesk], described: Callable[[fin.Helpdesk], None]
) -> None:
    described(make())
    assert found() == []


# The checks themselves


def test_every_id_is_unique_documented_and_triggered_by_a_test() -> None:
    source = in_the_source()
    assert len(source) == len(set(source))
    assert set(source) == documented()
    elsewhere = {"E080", "E081", "E082", "W006", "W008"}
    tried = {check for check, *_ in SETTINGS} | {check for check, _ in DESCRIPTIONS}
    assert set(source) == tried | elsewhere


def test_every_setting_has_a_check() -> None:
    settings_of_ours = {
        name
        for value in vars(Settings).values()
        if isinstance(value, property)
        for name in re.findall(r"`(FIN_BRIDGE_\w+)`", value.__doc__ or "")
    }
    assert settings_of_ours == {rule.name for rule in RULES} | ELSEWHERE


def test_the_defaults_keep_the_rules(settings: SettingsWrapper) -> None:
    for name in conf.given - ELSEWHERE:
        delattr(settings, name)
    for rule in RULES:
        attribute = rule.name.removeprefix("FIN_BRIDGE_").lower()
        value = getattr(conf, attribute.removesuffix("_days"))
        if hasattr(value, "total_seconds"):
            value = value.total_seconds() / (86400 if attribute.endswith("_days") else 1)
        assert rule.accepts(value), rule.name


@pytest.mark.django_db
def test_no_check_asks_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert found() == []
