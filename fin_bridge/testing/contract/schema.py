"""JSON Schema errors as sentences that say where and what."""

from collections.abc import Iterator
from typing import Any

from jsonschema.exceptions import ValidationError

from .documents import Document


def schema_problems(document: Document, pointer: str, instance: Any) -> list[str]:
    """What is wrong with the instance by the schema at this place, one sentence each."""
    errors = document.validator(pointer).iter_errors(instance)
    return [_sentence(cause) for error in errors for cause in _causes(error)]


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    """The errors inside of oneOf and anyOf: those of the branch that was meant."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    if not branches:
        yield error
        return
    for inner in min(branches.values(), key=_distance):
        yield from _causes(inner)


def _distance(branch: list[ValidationError]) -> tuple[bool, bool, int]:
    """How far a branch is from what was meant: another type or constant is another thing."""
    is_other_type = any(error.validator == "type" and not error.path for error in branch)
    is_other_kind = any(error.validator == "const" for error in branch)
    return is_other_type, is_other_kind, len(branch)


def _sentence(error: ValidationError) -> str:
    text = error.message
    return f"{error.json_path}: {text if len(text) <= 300 else f'{text[:300]}…'}"
