"""The app's source as the tests of the architecture read it: modules, and what they import."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One module: its dotted name and its source."""

    name: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse(self.source)

    @cached_property
    def imports(self) -> set[str]:
        """Dotted names of all it imports, at whatever depth; `from a import b` is `a.b`."""
        return set(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                yield from (f"{origin}.{alias.name}" for alias in node.names)

    def _origin(self, node: ast.ImportFrom) -> str:
        parents = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        above = parents[: len(parents) - node.level + 1] if node.level else []
        return ".".join([*above, *([node.module] if node.module else [])])

    def uses(self, package: str) -> bool:
        """Whether it imports `package` or anything in it."""
        return any(within(name, package) for name in self.imports)


def within(name: str, package: str) -> bool:
    """Whether `name` is `package` or lies in it."""
    return f"{name}.".startswith(f"{package}.")


def modules(package: str) -> list[Module]:
    """All modules of a package but its migrations, which Django writes."""
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        if "migrations" not in parts:
            found.append(Module(name, path.read_text(encoding="utf-8"), is_package))
    return found


APP = modules("fin_bridge")
DEMO = modules("helpdesk_demo")

CONSTANTS = {"fin_bridge.__version__"}
"""What is read from a package's face without any of its code."""


def imported_modules(app: list[Module]) -> dict[str, set[str]]:
    """Which of these modules each of them imports; a name out of a package counts as the package.

    Imports under `TYPE_CHECKING` and inside functions count as well: to read the one file, one
    has to know the other.
    """
    names = {module.name for module in app}

    def owner(imported: str) -> str:
        return imported if imported in names else imported.rpartition(".")[0]

    return {
        module.name: {owner(name) for name in module.imports - CONSTANTS} & names - {module.name}
        for module in app
    }
