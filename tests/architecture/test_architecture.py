"""The rules that keep the parts apart, read from the source; each is shown to catch its breach."""

import ast
import re
from collections.abc import Callable

import pytest

from tests.architecture.source import APP, DEMO, ROOT, Module, within

DOORS = {"events", "api", "agent_ui"}
PURE = {
    "fin_bridge.records",
    "fin_bridge.signing",
    "fin_bridge.events.retry",
    "fin_bridge.agent_ui.debounce",
}
# What a pure module may have of the standard library: nothing that reaches out of the process.
PURE_LIBRARY = re.compile(
    r"(__future__|collections|dataclasses|datetime|email\.utils|enum|functools|hashlib|hmac"
    r"|itertools|math|random|re|types|typing|urllib\.parse|zoneinfo)(\.|$)"
)
DUMPING_GROUNDS = {"utils", "helpers", "common", "misc", "mixins"}
LINES = 250

Rule = Callable[[Module], bool]


def only(importers: set[str], *packages: str) -> Rule:
    """Breached by whoever imports one of the packages and is not within one of the importers."""

    def breached(module: Module) -> bool:
        allowed = any(within(module.name, importer) for importer in importers)
        return not allowed and any(module.uses(package) for package in packages)

    return breached


def door_uses_door(module: Module) -> bool:
    """Breached by a door that imports another; what they share lies behind both."""
    doors = {f"fin_bridge.{door}" for door in DOORS}
    own = {door for door in doors if within(module.name, door)}
    return bool(own) and any(module.uses(other) for other in doors - own)


def impure(module: Module) -> bool:
    """Breached by a pure module that imports what is not pure, or opens a file."""
    return module.name in PURE and (
        not all(map(_is_pure, module.imports))
        or any(
            isinstance(node, ast.Call) and ast.unparse(node.func) in {"open", "print", "input"}
            for node in ast.walk(module.tree)
        )
    )


def _is_pure(name: str) -> bool:
    return bool(PURE_LIBRARY.match(name)) or any(within(name, pure) for pure in PURE)


def hands_out_rows(module: Module) -> bool:
    """Breached by a record that may hold anything, and by a door that imports what reads rows."""
    if module.name == "fin_bridge.records":
        return any(
            isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) in {"Any", "object"}
            for node in ast.walk(module.tree)
        )
    inner = {"columns", "one_table", "preloaded"}
    return not within(module.name, "fin_bridge.helpdesk") and any(
        module.uses(f"fin_bridge.helpdesk.reading.{name}") for name in inner
    )


def reads_the_clock(module: Module) -> bool:
    """Breached by whoever asks this machine for the time; durations may be measured."""
    clocks = ("time.time", "datetime.now", "datetime.utcnow", "timezone.now")
    allowed = {"fin_bridge.database.clock", "fin_bridge.testing"}
    return not any(within(module.name, name) for name in allowed) and any(
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith(clocks)
        for node in ast.walk(module.tree)
    )


def too_long(module: Module) -> bool:
    """Breached by a module of more than LINES lines."""
    return len(module.source.splitlines()) > LINES


def no_docstring(module: Module) -> bool:
    """Breached by a module that does not say what it is for."""
    return ast.get_docstring(module.tree) is None


def dumping_ground(module: Module) -> bool:
    """Breached by a module whose name says nothing of what is in it."""
    return module.name.rpartition(".")[2] in DUMPING_GROUNDS


RULES: dict[str, tuple[Rule, Module]] = {
    # name of the rule: the rule, and a module that breaches it
    "only the client and the test kit import requests": (
        only({"fin_bridge.events.client", "fin_bridge.testing"}, "requests", "urllib3"),
        Module("fin_bridge.events.drain", "def send():\n    from requests import post"),
    ),
    "only tasks imports celery": (
        only({"fin_bridge.tasks"}, "celery", "kombu"),
        Module("fin_bridge.events.outbox", "import celery.app"),
    ),
    "only conf reads Django's settings": (
        only({"fin_bridge.conf"}, "django.conf"),
        Module("fin_bridge.api.views", "from django.conf import settings"),
    ),
    "the app knows no helpdesk by name": (
        only(set(), "helpdesk_demo", "tests"),
        Module("fin_bridge.helpdesk.parts.part", "from helpdesk_demo import models"),
    ),
    "the core knows no ready description, and nothing of what one is of": (
        only({"fin_bridge.contrib"}, "fin_bridge.contrib", "helpdesk"),
        Module("fin_bridge.helpdesk.parts.part", "from helpdesk.models import Ticket"),
    ),
    "only the port and what captures changes look up the helpdesk's models": (
        only(
            {"fin_bridge.helpdesk", "fin_bridge.contrib", "fin_bridge.events.capture"},
            "django.apps.apps",
            "django.contrib.auth.get_user_model",
            "django.contrib.auth.models",
        ),
        Module("fin_bridge.api.views", "from django.contrib.auth import get_user_model"),
    ),
    "no row of the helpdesk's leaves the port as a message": (
        hands_out_rows,
        Module("fin_bridge.records", "class Shown(NamedTuple):\n    row: Any"),
    ),
    "no door uses another": (
        door_uses_door,
        Module("fin_bridge.api.views", "from ..events import outbox"),
    ),
    "records, signing and retry are pure": (
        impure,
        Module("fin_bridge.events.retry", "from django.utils import timezone"),
    ),
    "one clock decides": (
        reads_the_clock,
        Module("fin_bridge.events.claims", "def due(): return timezone.now()"),
    ),
    "modules are short": (too_long, Module("fin_bridge.models", "\n" * (LINES + 1))),
    "modules say what they are for": (no_docstring, Module("fin_bridge.models", "x = 1")),
    "no dumping grounds": (dumping_ground, Module("fin_bridge.api.utils", "")),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_app_keeps_to_the_rule(rule: str) -> None:
    breached, _ = RULES[rule]
    assert [module.name for module in APP if breached(module)] == []


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_catches_its_breach(rule: str) -> None:
    breached, example = RULES[rule]
    assert breached(example)


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        (Module("a.b.c", "from . import d"), "a.b.d"),
        (Module("a.b.c", "from .d import e"), "a.b.d.e"),
        (Module("a.b.c", "from ..d import e"), "a.d.e"),
        (Module("a.b", "from . import d", is_package=True), "a.b.d"),
        (Module("a.b", "from ..c import d", is_package=True), "a.c.d"),
        (Module("a", "if x:\n    import b.c as d"), "b.c"),
    ],
)
def test_imports_are_resolved(module: Module, imported: str) -> None:
    assert module.imports == {imported}


def test_a_door_may_not_read_rows_by_itself() -> None:
    source = "from ..helpdesk.reading.one_table import messages_of"
    assert hands_out_rows(Module("fin_bridge.api.views", source))


@pytest.mark.parametrize(
    "source", ["import random", "from ..records import Agent", "from hmac import compare_digest"]
)
def test_a_pure_module_may_compute(source: str) -> None:
    assert not impure(Module("fin_bridge.events.retry", source))


@pytest.mark.parametrize("source", ["import socket", "from .client import post", "open('x')"])
def test_a_pure_module_may_not_reach_out(source: str) -> None:
    assert impure(Module("fin_bridge.events.retry", source))


def test_every_module_is_read() -> None:
    names = {module.name for module in APP}
    assert PURE | {f"fin_bridge.{door}" for door in DOORS} <= names


def test_check_ids_are_unique_and_documented() -> None:
    ids = [
        str(node.value)
        for module in APP
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and re.fullmatch(r"fin_bridge\.[EW]\d{3}", str(node.value))
    ]
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    documented = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert ids
    assert len(ids) == len(set(ids))
    assert [name for name in ids if name not in documented] == []


def test_the_demo_is_a_helpdesk_that_need_not_have_heard_of_fin() -> None:
    wiring = {"fin", "settings", "urls", "celery", "management", "traffic", "__main__"}
    rule = only({f"helpdesk_demo.{name}" for name in wiring}, "fin_bridge")
    assert rule(Module("helpdesk_demo.models", "import fin_bridge"))
    assert [module.name for module in DEMO if rule(module)] == []
