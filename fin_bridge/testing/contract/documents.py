"""The three OpenAPI files of Fin's contract: parsed once, with checks by their schemas."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Dialect = Literal["rest", "posts_only"]
DIALECTS: tuple[Dialect, ...] = ("rest", "posts_only")


@dataclass(frozen=True)
class Operation:
    """An operation of the contract as a document spells it; `name` is in snake_case."""

    name: str
    method: str
    path: str
    spec: Mapping[str, Any]

    @property
    def pointer(self) -> str:
        return f"/paths/{self.path.replace('/', '~1')}/{self.method.lower()}"


class Document:
    """An OpenAPI file: its operations by name, and checks by any schema in it."""

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
        """Return the document of a dialect, or `events`, parsed at its first use."""
        return cls(name)

    def problems(self, pointer: str, instance: Any) -> list[str]:
        """Say in one sentence each what is wrong with it by the schema at this JSON pointer."""
        validator = Draft202012Validator(
            {"$ref": f"{self._uri}#{pointer}"},
            registry=self._registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,  # date-time and the like
        )
        errors = validator.iter_errors(instance)
        return [_sentence(cause) for error in errors for cause in _causes(error)]


def _operations(spec: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            name = re.sub(r"(?=[A-Z])", "_", operation["operationId"]).lower()
            yield Operation(name, method.upper(), path, operation)


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    if not branches:
        yield error
        return
    for inner in min(branches.values(), key=_distance):
        yield from _causes(inner)


def _distance(branch: list[ValidationError]) -> tuple[bool, bool, int]:
    is_other_type = any(error.validator == "type" and not error.path for error in branch)
    is_other_kind = any(error.validator == "const" for error in branch)
    return is_other_type, is_other_kind, len(branch)


def _sentence(error: ValidationError) -> str:
    text = error.message
    return f"{error.json_path}: {text if len(text) <= 300 else f'{text[:300]}…'}"
