"""Imports go down only: through the rooms of the app, and without any circle."""

from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.source import APP, Module, imported_modules, within

FLOORS: list[set[str]] = [
    # From the ground up. A room is a folder or a module, without those that are named by
    # themselves; "" is the app's own face. It may use what is below it and nothing beside it.
    {"cooldown", "exceptions", "integrations", "records", "schedule", "signals", "signing"},
    {"conf", "json_values"},
    {"broker", "database.clock", "database.orm"},
    {"models"},
    {"database"},
    {"helpdesk.text", "helpdesk.django", "helpdesk.owner"},
    {"helpdesk.writing"},
    {"helpdesk.fields"},
    {"helpdesk.parts"},
    {"helpdesk"},
    {"helpdesk.fin_agent"},
    {"helpdesk.reading", "helpdesk.scope"},
    {"helpdesk.listening", "helpdesk.refused_messages"},
    {"operating.handover_watch"},
    {"events"},
    {"", "tasks"},
    {"api", "agent_ui"},
    {"content_types", "contrib", "operating", "templatetags"},
    {"checks"},
    {"admin", "testing", "management"},
    {"apps"},
]


def room(name: str) -> str:
    """The innermost room that a module of the app is in; "" for the app's own face."""
    inside = name.removeprefix("fin_bridge").removeprefix(".")
    rooms = [room for floor in FLOORS for room in floor if room and within(inside, room)]
    return max(rooms, key=len, default=inside)


def floor(name: str) -> int:
    """The height of a room; a room that is not in the list lies on top of all."""
    return next((number for number, rooms in enumerate(FLOORS) if name in rooms), len(FLOORS))


def upward(app: list[Module]) -> list[str]:
    """Imports from a room into one that is not below it."""
    return [
        f"{importer} imports {imported}"
        for importer, imports in imported_modules(app).items()
        for imported in sorted(imports)
        if room(importer) != room(imported) and floor(room(importer)) <= floor(room(imported))
    ]


def circle(app: list[Module]) -> list[str]:
    """One circle of imports, if there is any."""
    try:
        TopologicalSorter(imported_modules(app)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_each_module_is_in_a_room() -> None:
    rooms = {name for floor in FLOORS for name in floor}
    assert [module.name for module in APP if room(module.name) not in rooms] == []


def test_each_room_is_there() -> None:
    there = {room(module.name) for module in APP}
    assert {name for floor in FLOORS for name in floor} - there == set()


def test_imports_go_down_only() -> None:
    assert upward(APP) == []


def test_there_is_no_circle_of_imports() -> None:
    assert circle(APP) == []


@pytest.mark.parametrize(
    ("importer", "source", "imported"),
    [
        ("models.log", "from ..helpdesk.parts import part", "helpdesk.parts.part"),
        (
            "helpdesk.fields.path",
            "def f():\n    from ..parts.part import Part",
            "helpdesk.parts.part",
        ),
        ("api.views", "if TYPE_CHECKING:\n    from ..agent_ui import views", "agent_ui.views"),
        ("events.hints", "from .. import tasks", "tasks"),
        ("helpdesk.text.html", "from ...unheard import of", "unheard"),
    ],
)
def test_an_import_that_goes_up_or_aside_is_found(
    importer: str, source: str, imported: str
) -> None:
    app = [Module(f"fin_bridge.{importer}", source), Module(f"fin_bridge.{imported}", "")]
    assert upward(app) == [f"fin_bridge.{importer} imports fin_bridge.{imported}"]


@pytest.mark.parametrize(
    "source",
    [
        "from .b import x",
        "from . import b",
        "if TYPE_CHECKING:\n    from .b import X",
        "def f():\n    from fin_bridge.a import b",
    ],
)
def test_a_circle_is_found(source: str) -> None:
    app = [
        Module("fin_bridge.a", "", is_package=True),
        Module("fin_bridge.a.b", "from .c import y"),
        Module("fin_bridge.a.c", source),
    ]
    assert sorted(set(circle(app))) == ["fin_bridge.a.b", "fin_bridge.a.c"]


def test_a_circle_through_a_packages_face_is_found() -> None:
    face = Module("fin_bridge.a", "from .b import X", is_package=True)
    assert circle([face, Module("fin_bridge.a.b", "from . import Y")]) != []
    assert circle([face, Module("fin_bridge.a.b", "from .. import __version__")]) == []
