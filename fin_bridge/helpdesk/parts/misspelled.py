"""Words in a description that mean nothing to us: else a typing error would stay unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ..fields.path import Field

if TYPE_CHECKING:
    from .part import Part


def misspelled(part: Part) -> Iterator[str]:
    """Each such word, as a sentence that goes on after the name of the part."""
    ours = [one for one in type(part).__mro__ if one.__module__.startswith("fin_bridge.helpdesk")]
    known = {name for one in ours for name in vars(one) if not name.startswith("_")}
    known |= {"model", *part.words}
    known |= {f"{verb}_{word}" for verb in ("get", "set") for word in part.words}
    for one in [one for one in type(part).__mro__ if one not in (*ours, object)]:
        for name, value in vars(one).items():
            described = isinstance(value, str | Field) or name.startswith(("get_", "set_"))
            if described and not name.startswith("_") and name not in known:
                close = get_close_matches(name, known, n=1)
                yield f".{name} means nothing" + (f"; is it {close[0]!r}?" if close else "")
