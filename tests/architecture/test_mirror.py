"""Tests mirror the app: each module has its test file under the path that is its own."""

from pathlib import Path

from tests.architecture.source import APP, ROOT, Module

ELSEWHERE = {
    # module: the folder where it is tested, and why it has no file of its own
    "fin_bridge.apps": "hosts",  # what it connects, every test of a host goes through
    "fin_bridge.records": "api/wire",  # data without behaviour: what is read and written there
    "fin_bridge.helpdesk.owner": "helpdesk/fields",  # types without behaviour: what fields need
    # Both need the package that they describe, which has a project of its own.
    "fin_bridge.contrib.django_helpdesk.authorship": "hosts/django_helpdesk",
    "fin_bridge.contrib.django_helpdesk.services": "hosts/django_helpdesk",
}
"""The few modules without a test file of their own, each with the folder of its tests."""


def mirrored(module: Module) -> str:
    """The path of a module's test file, below `tests/`."""
    *folders, name = module.name.split(".")[1:]
    return "/".join([*folders, f"test_{name.strip('_')}.py"])


def untested(app: list[Module], tests: Path) -> list[str]:
    """The modules that have neither a test file of their own nor a place in the list above."""
    return [
        f"{module.name}: {mirrored(module)}"
        for module in app
        if not module.is_package
        and module.name not in ELSEWHERE
        and not (tests / mirrored(module)).exists()
    ]


def test_each_module_has_its_test_file() -> None:
    assert untested(APP, ROOT / "tests") == []


def test_what_is_tested_elsewhere_is_there() -> None:
    names = {module.name for module in APP}
    assert [name for name in ELSEWHERE if name not in names] == []
    assert [path for path in ELSEWHERE.values() if not (ROOT / "tests" / path).exists()] == []


def test_a_module_without_a_test_file_is_found(tmp_path: Path) -> None:
    app = [
        Module("fin_bridge.api", "", is_package=True),
        Module("fin_bridge.api.views", ""),
        Module("fin_bridge.testing.__main__", ""),
    ]
    (tmp_path / "testing").mkdir()
    (tmp_path / "testing" / "test_main.py").touch()
    assert untested(app, tmp_path) == ["fin_bridge.api.views: api/test_views.py"]
