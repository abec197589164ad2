"""What is wrong with one part of the description, as sentences that name the mistake."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from django.dispatch import Signal
from django.utils.module_loading import import_string

from ..helpdesk import Conversations, Field, Part, Path
from ..helpdesk.listening import model_named
from ..helpdesk.parts.merging import Mergeable

_ADVICE: Final = "override queryset(), and has() with it"


def problems(part: Part) -> Iterator[str]:
    """Yield a sentence for each mistake in a part, each beginning with the part's name."""
    name = type(part).__name__
    yield from (f"{name}{problem}" for problem in _misspelled(part))
    for word, field in part.fields.items():
        yield from (f"{name}.{word}: {problem}" for problem in field.problems())
        for path in field.paths():
            yield from (f"{name}.{word}: {problem}" for problem in _many(path))
    for path in part.conditions:
        yield from (f"{name}.where: {problem}" for problem in _condition(path))
    if isinstance(part, Mergeable):
        yield from (f"{name}.merged_into {problem}" for problem in _merging(part))
    if isinstance(part, Conversations):
        yield from (f"{name}.watch: {problem}" for problem in _watch(part))
        yield from (f"{name}.signals: {problem}" for problem in _signals(part))


def _misspelled(part: Part) -> Iterator[str]:
    """Yield each attribute that means nothing: a typing error would stay unnoticed."""
    classes = type(part).__mro__
    ours = [kind for kind in classes if kind.__module__.startswith("fin_bridge.helpdesk")]
    meant = {name for kind in ours for name in vars(kind) if not name.startswith("_")}
    meant |= {"model", *part.words}
    meant |= {f"{verb}_{word}" for verb in ("get", "set") for word in part.words}
    for kind in [kind for kind in classes if kind not in (*ours, object)]:
        for name, value in vars(kind).items():
            is_described = isinstance(value, str | Field) or name.startswith(("get_", "set_"))
            if is_described and not name.startswith("_") and name not in meant:
                close = get_close_matches(name, meant, n=1)
                yield f".{name} means nothing" + (f"; is it {close[0]!r}?" if close else "")


def leads_to_many(path: Path) -> bool:
    """Return whether a path leads through a relation to many rows, which has no single value."""
    return any(field.many_to_many or field.one_to_many for field in path.hops())


def _many(path: Path) -> Iterator[str]:
    if leads_to_many(path):
        yield (
            f"{path.dotted!r} leads to many rows, of which none is meant: use fin.Many, fin.First "
            "or fin.Latest where the word takes it, or write a method get_<word>()"
        )


def _condition(path: Path) -> Iterator[str]:
    """Yield why a condition of `where` could not be held against a single object."""
    if leads_to_many(path):
        yield f"{path.dotted!r} leads to many rows: {_ADVICE}"
    elif "__" in path.dotted:
        hint = f"it may have one value or a list of them; else {_ADVICE}"
        yield f"{path.dotted!r} is no path: {hint}"
    else:
        yield from path.problems()


def _merging(part: Mergeable) -> Iterator[str]:
    """Yield why the hook could not be called: a failure would show only after a merge."""
    try:
        inspect.signature(part.merged_into).bind("", None)
    except TypeError:
        yield "must be a method (self, local_id, obj)"


def _watch(part: Conversations) -> Iterator[str]:
    for label, dotted in part.watch.items():
        model = model_named(label)
        if model is None:
            yield f"there is no model {label!r}"
        elif leads_to_many(Path(dotted).on(model)):
            yield (
                f"{dotted!r} leads to many rows: a change must lead to one conversation, so watch "
                "the model of the rows between"
            )
        else:
            yield from Path(dotted).on(model).problems()


def _signals(part: Conversations) -> Iterator[str]:
    for dotted in part.signals:
        try:
            if not isinstance(import_string(dotted), Signal):
                yield f"{dotted} is no signal"
        except ImportError as error:
            yield str(error)
