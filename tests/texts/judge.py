"""Judges whether two readings say the same: what was written, and what Fin is handed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from enum import StrEnum


class Verdict(StrEnum):
    """What became of a text; the first two are right."""

    SAME = "same"
    AS_GOOD = "as good"
    CHANGED = "meaning changed"
    LOST = "lost"


RIGHT = {Verdict.SAME, Verdict.AS_GOOD}
_RAISED, _LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
_SCRIPTS = str.maketrans(
    {
        **{sign: f"^{unicodedata.normalize('NFKC', sign)}" for sign in _RAISED},
        **{sign: f"_{unicodedata.normalize('NFKC', sign)}" for sign in _LOWERED},
    }
)
_SENSE = [
    (re.compile(r"([\^_])[({](\w+)[)}]"), r"\1\2"),
    (re.compile(r"~~(.+?)~~"), r"~\1~"),
    (re.compile(r"^((?:> )*)(?: *)[-*] (\[[ x]\])", re.MULTILINE), r"\1\2"),
    (re.compile(r"^((?:> )*)[-\u2014\u2013\u2500_*]{3,}$", re.MULTILINE), r"\1---"),
    (re.compile(r"[(\[]?\S*M7lc1UVf-VE[^\s)]*\)?"), "(VIDEO)"),
    (re.compile(r"\[[^\]\n]*\]\(\(?VIDEO\)\)?"), "(VIDEO)"),
    (re.compile(r"^(#{2})#+ ", re.MULTILINE), r"\1 "),
    (re.compile(r"(?<=\S)[ \xa0]{2,}"), " "),
    (re.compile(r"(?<=\d)\) "), ". "),
]
_EMPHASIS = re.compile(r"__(.+?)__")
_LOOSE = [
    (re.compile(r"__(.+?)__"), r"\1"),
    (re.compile(r"~[^~\n]+~ ?"), ""),
    (re.compile(r"^#+ \**(.+?)\**$", re.MULTILINE), r"**\1**"),
    (re.compile(r"`"), ""),
]
"""What Fin has no tag for, or shows otherwise, and what says as much."""


def judge(written: str, handed: str) -> Verdict:
    """The verdict on the reading of what Fin is handed, by the reading of what was written."""
    wanted, found = _sense(written), _sense(handed)
    if wanted == found:
        return Verdict.SAME
    if _loose(found) in {_loose(wanted), _loose(_EMPHASIS.sub(r"*\1*", wanted))}:
        return Verdict.AS_GOOD
    missing = _words(_loose(wanted)) - _words(found)
    return Verdict.LOST if missing else Verdict.CHANGED


def _sense(reading: str) -> str:
    text = unicodedata.normalize("NFC", reading).translate(_SCRIPTS)
    for pattern, put in _SENSE:
        text = pattern.sub(put, text)
    lines = filter(re.compile(r"[^>\s]").search, text.splitlines())
    return "\n".join(filter(None, map(_row, lines)))


def _row(line: str) -> str:
    """A row of a table in one form; the line below a head of Markdown's is none."""
    if not re.search(r"^\s*\||\|\s*$| \| ", line):
        return line.rstrip()
    quote = re.match(r"(?:> )*", line)
    start = quote[0] if quote else ""
    plain = line.removeprefix(start).replace("**", "").strip()
    cells = [cell.strip() for cell in plain.removeprefix("|").removesuffix("|").split("|")]
    if all(re.fullmatch(r":?-{3,}:?", cell) for cell in cells):
        return ""
    return (
        start + "| " + " | ".join(re.sub(r"^[-\u2013\u2014]$", "", cell) for cell in cells) + " |"
    )


def _loose(sense: str) -> str:
    for pattern, put in _LOOSE:
        sense = pattern.sub(put, sense)
    return "\n".join(line.rstrip() for line in sense.splitlines())


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))
