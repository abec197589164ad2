"""The three OpenAPI files beside this module, loaded once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

import yaml
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Dialect = Literal["rest", "posts_only"]
DIALECTS: tuple[Dialect, ...] = ("rest", "posts_only")


@dataclass(frozen=True)
class Operation:
    """One of the contract's operations as a document spells it: `name` is in snake_case."""

    name: str
    method: str
    path: str
    spec: Mapping[str, Any]

    @property
    def pointer(self) -> str:
        """Where the operation stands in its document, as a JSON pointer."""
        return f"/paths/{self.path.replace('/', '~1')}/{self.method.lower()}"


class Document:
    """One OpenAPI file: its operations by name, and a validator for any place in it."""

    def __init__(self, name: str) -> None:
        text = (files(__package__) / f"{name}.openapi.yaml").read_text(encoding="utf-8")
        spec = cast("dict[str, Any]", yaml.safe_load(text))
        self._uri = f"urn:fin:{name}"
        self._registry: Registry[Any] = Registry().with_resource(
            self._uri, DRAFT202012.create_resource(spec)
        )
        self.operations = {operation.name: operation for operation in _operations(spec)}

    @classmethod
    @cache
    def load(cls, name: str) -> "Document":
        """The document of a dialect, or `events`, parsed at its first use."""
        return cls(name)

    def validator(self, pointer: str) -> Validator:
        """Check against the schema at this JSON pointer, formats such as date-time included."""
        return Draft202012Validator(
            {"$ref": f"{self._uri}#{pointer}"},
            registry=self._registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )


def _operations(spec: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            name = re.sub(r"(?=[A-Z])", "_", operation["operationId"]).lower()
            yield Operation(name, method.upper(), path, operation)
