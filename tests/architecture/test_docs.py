"""Documentation that lies fails the build."""

import inspect
import re
from pathlib import Path

from django.core.management import BaseCommand, load_command_class
from django.dispatch import Signal

from fin_bridge import helpdesk, signals, testing
from fin_bridge.admin import explanations
from fin_bridge.conf import Settings
from fin_bridge.events import breaker
from fin_bridge.management.commands import fin_setup
from fin_bridge.management.deployment_page import OPERATIONS
from fin_bridge.models import Event
from fin_bridge.testing import __main__ as simulator
from fin_bridge.testing.contract_case import ContractCase
from tests.architecture.test_rooms import FLOORS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_readme_shows_the_demos_whole_description() -> None:
    assert (ROOT / "helpdesk_demo" / "fin.py").read_text().rstrip() in README


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) < 300


def test_each_setting_is_in_the_table_and_no_other() -> None:
    source = inspect.getsource(Settings)
    known = set(re.findall(r"`(FIN_BRIDGE_[A-Z_]+)`", source))
    assert set(re.findall(r"^\| `(FIN_BRIDGE_[A-Z_]+)` \|", README, re.MULTILINE)) == known


def test_each_public_signal_is_named() -> None:
    public = {name for name, value in vars(signals).items() if isinstance(value, Signal)}
    assert all(f"`{name}`" in README for name in public)


def test_each_link_to_a_file_leads_somewhere() -> None:
    for document in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_map_has_each_module_and_no_other() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    sections = text.split("## Where things are")[1].split("## Rules")[0].split("\n### ")[1:]
    mapped = set()
    for section in sections:
        folder = section.split("`")[1]
        mapped |= {
            folder + name for name in re.findall(r"^\| `([a-z_0-9]+\.py)`", section, re.MULTILINE)
        }
    there = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "fin_bridge").rglob("*.py")
        if path.name != "__init__.py" and "migrations" not in path.parts
    }
    assert mapped == there


def test_the_picture_names_rooms_and_modules_that_are_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    rooms, rest = text.split("## The three flows")
    flows, rules = rest.split("## Where things are")[0], rest.split("## Rules")[1]
    named = set(re.findall(r"\b((?:events|agent_ui|api|helpdesk|models)/[a-z_]+)", flows + rules))
    named |= set(re.findall(r"`([a-z_/]+\.py)`", rules.replace("tests/", "")))
    assert len(named) > 20
    app = ROOT / "fin_bridge"
    for name in named:
        path = app / name
        assert any(
            found.exists() for found in (path, app / f"{name}.py", ROOT / "tests" / name)
        ), name
    pictured = re.findall(r"^ .*", rooms.split("```")[1], re.MULTILINE)
    missing = {
        room or "notify"
        for floor in FLOORS
        for room in floor
        if not re.search(rf"\b{(room or 'notify').replace('.', '/')}\b", "\n".join(pictured))
    }
    assert missing <= {
        "helpdesk",
        "helpdesk.fin_agent",
        "operating.handover_watch",
    }


def test_the_changelog_has_an_entry_for_what_is_not_released() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(
        r"^## \[Unreleased\]\n\n### (Added|Changed|Fixed|Removed)", text, re.MULTILINE
    )


PLUGGING_IN = (ROOT / "docs" / "plugging-in.md").read_text()


def test_each_name_of_the_port_is_in_the_table_and_no_other() -> None:
    table = PLUGGING_IN.split("## All that there is")[1].split("\n\n")[1]
    rows = [line.split("|")[1:] for line in table.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([A-Za-z]+)`", row[0])}
    assert named | {"Visitor"} == set(helpdesk.__all__)


def test_the_shapes_are_those_of_hosts_that_are_tested() -> None:
    hosts = "".join(path.read_text() for path in (ROOT / "tests" / "hosts").glob("*/fin.py"))
    section = PLUGGING_IN.split("## Three usual shapes")[1].split("## All that there is")[0]
    shapes = re.findall(r"```python\n(.*?)\n```", section, re.DOTALL)
    assert len(shapes) == 3
    assert all(shape in hosts for shape in shapes)


def test_each_word_of_a_part_is_named() -> None:
    table = PLUGGING_IN.split("## The module")[0]
    for part in (helpdesk.EndUsers, helpdesk.Agents, helpdesk.Conversations, helpdesk.Messages):
        (row,) = re.findall(rf"^\| `{part.__name__}` \|.*$", table, re.MULTILINE)
        assert all(f"`{word}`" in row for word in part.words)


def test_each_hook_is_told_with_its_arguments() -> None:
    table = PLUGGING_IN.split("## What a part may override")[1].split("\n\n")[2]
    hooks = re.findall(r"^\| (.+?) \| `([a-z_]+)\((.*)\)` \|", table, re.MULTILINE)
    assert len(hooks) == 20
    for part, method, arguments in hooks:
        owner = helpdesk.Part if part == "each" else getattr(helpdesk, part.strip("`"))
        default = getattr(owner, method)
        if callable(default):  # a scope may be a word
            parameters = list(inspect.signature(default).parameters)
            assert parameters == ["self", *filter(None, arguments.split(", "))], (part, method)
            assert inspect.getdoc(default), (part, method)


def test_the_contract_is_shown_with_all_that_it_asks_for() -> None:
    asked = [name for name in vars(ContractCase) if name.startswith("make_")]
    assert len(asked) == 4
    assert all(f"def {name}(self" in PLUGGING_IN for name in asked)


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def first_column(text: str, heading: str) -> list[str]:
    """Of the first table below a heading."""
    table = text.split(f"## {heading}\n")[1].split("\n\n")
    rows = next(part for part in table if part.lstrip().startswith("|")).strip().splitlines()
    return [row.split("|")[1].strip() for row in rows[2:]]


def test_each_page_is_found_from_the_readme() -> None:
    linked = set(re.findall(r"\(docs/([a-z-]+\.md)\)", README))
    assert {path.name for path in (ROOT / "docs").glob("*.md")} <= linked


def test_each_state_and_each_health_is_explained() -> None:
    operating = page("operating.md")
    assert first_column(operating, "The states of an event") == Event.State.values
    source = inspect.getsource(explanations.health_of)
    words = set(re.findall(r'Health\("\w+", _\("(\w+)"\)', source))
    assert set(first_column(operating, "The health of an integration")) == words


def test_each_alarm_is_explained() -> None:
    table = page("operating.md").split("## Alarms")[1].split("## Commands")[0]
    reasons = set(re.findall(r"^\| `alarm_raised` \| `([a-z_ ]+)` \|", table, re.MULTILINE))
    assert reasons == {block.value for block in breaker.Block} | {"message_refused"}
    assert "`handover_unanswered`" in table


def test_each_flag_that_is_written_is_one() -> None:
    text = "".join(path.read_text() for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")])
    lines = re.findall(r"manage\.py ([a-z]+_[a-z]+)((?: [^\n`]+)?)", text)
    assert {name for name, _ in lines} >= {"fin_setup", "resend_events", "deliver_events"}
    for name, rest in lines:
        parser = load_command_class("fin_bridge", name).create_parser("manage.py", name)
        known = set(parser._option_string_actions)
        assert set(re.findall(r"(?<= )--[a-z-]+", rest)) <= known, (name, rest)


def test_each_filter_of_resend_events_is_named() -> None:
    command = load_command_class("fin_bridge", "resend_events")
    flags = set(command.create_parser("manage.py", "x")._option_string_actions)
    ours = flags - set(BaseCommand().create_parser("manage.py", "x")._option_string_actions)
    assert ours - {"--dry-run"} <= set(re.findall(r"`(--[a-z]+)`", page("operating.md")))


def test_the_lines_of_fins_page_are_those_that_the_command_prints() -> None:
    rows = re.findall(r"^\| ([A-Z][^|]+) \|", page("fin-side.md"), re.MULTILINE)
    titles = [title for row in rows for title in row.split(", ")]
    printed = re.findall(
        r'^        \("([A-Z][^"]+)", ', inspect.getsource(fin_setup), re.MULTILINE
    )
    operations = [title for title, *_ in OPERATIONS.values()]
    assert titles == [*printed[:3], *operations, *printed[3:]]


def test_each_reason_of_a_refusal_is_one_that_is_given() -> None:
    folder = ROOT / "fin_bridge" / "api"
    source = "".join(path.read_text() for path in folder.rglob("*.py"))
    reasons = re.findall(r"^\| `([^`]+)` \|", page("fin-side.md"), re.MULTILINE)
    assert len(reasons) == 6
    for reason in reasons:  # what comes before or after a value that is put in
        parts = re.split(r"'…'|^The token |conversation ", reason)
        assert all(part.rstrip(".") in source + "There is no " for part in parts), reason


def test_the_simulators_options_and_names_are_all_there() -> None:
    testing_page = page("testing.md")
    options = set(simulator._parser({})._option_string_actions) - {"-h", "--help"}
    assert set(re.findall(r"`(--[a-z-]+)`", testing_page)) == options
    table = testing_page.split("| name |")[1]
    assert set(re.findall(r"`([A-Za-z_]+)`", table)) == set(testing.__all__)


def test_each_test_of_the_reliability_page_is_there() -> None:
    tables = page("reliability.md").split("## Faults\n")[1].split("## Left to")[0]
    cells = [line.split("|")[-2] for line in tables.splitlines() if line.startswith("| ")]
    named = [name for cell in cells for name in re.findall(r"`([a-z_/]+(?:::[a-z_]+)?)`", cell)]
    assert len(named) > 100
    for name in named:
        module, _, function = name.partition("::")
        folder, _, file = module.rpartition("/")
        source = (ROOT / "tests" / folder / f"test_{file}.py").read_text()
        assert f"\ndef test_{function}(" in source or not function, name


def test_each_fault_has_its_row() -> None:
    faults = first_column(page("reliability.md"), "Faults")
    numbers = [int(number) for row in faults for number in row.split(",")]
    assert sorted(numbers) == list(range(1, 74))


def test_each_test_of_the_security_page_is_there() -> None:
    table = (ROOT / "SECURITY.md").read_text().split("| against |")[1].split("Not protected")[0]
    cells = [line.split("|")[-2] for line in table.splitlines() if line.startswith("| ")]
    named = {name for cell in cells for name in re.findall(r"`([a-z_/]+)`", cell)}
    assert len(named) > 10
    for name in named:
        folder, _, file = name.rpartition("/")
        path = ROOT / "tests" / folder
        assert (path / f"test_{file}.py").exists() or (path / file).is_dir(), name
