"""The results as lines of JSON, and `docs/performance.md`, which is written from them."""

from __future__ import annotations

import importlib
import inspect
import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from benchmarks import plot
from benchmarks.compare import Figure, Goal
from benchmarks.contender import ROOT
from benchmarks.machine import machine

RESULTS = ROOT / "var" / "benchmarks" / "results.jsonl"
PAGE = ROOT / "docs" / "performance.md"

HEAD = """# Performance

Written by `make bench` from one run; do not edit. What is compared runs in turn, A B A B, each in
a process of its own; a ratio is the median of the ratios of single rounds. Nothing is switched off
to win: the outbox row, the signature, the attempt's row, authentication and checks are all in.
"""


def keep(name: str, figures: Sequence[Figure]) -> None:
    """In the place of what there was of that name."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    others = [line for line in _lines() if line["name"] != name]
    about = {"name": name, "machine": machine(), "day": datetime.now(UTC).date().isoformat()}
    lines = [*others, *({**about, **asdict(figure)} for figure in figures)]
    RESULTS.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def _lines() -> list[dict[str, Any]]:
    if not RESULTS.exists():
        return []
    return [json.loads(line) for line in RESULTS.read_text().splitlines()]


def _figure(line: dict[str, Any]) -> Figure:
    goals = tuple(Goal(**goal) for goal in line["goals"])
    return Figure(line["title"], line["unit"], line["samples"], goals, line["where"])


def write(names: Sequence[str]) -> None:
    """The page, of all that has been measured so far."""
    lines = _lines()
    machines = dict.fromkeys(f"{line['machine']}, {line['day']}" for line in lines)
    figures = [(line["name"], _figure(line)) for line in lines]
    parts = [HEAD, "Measured on " + ";\nand on ".join(machines) + ".\n", _summary(figures)]
    for name in names:
        own = [figure for one, figure in figures if one == name]
        if own:
            parts.append(_section(name, own))
    PAGE.write_text("\n".join(parts))


def _summary(figures: Sequence[tuple[str, Figure]]) -> str:
    rows = [
        "| what | where | ours against | ratio | goal | |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for _, figure in figures:
        for goal, ratio in _judged(figure):
            verdict = "reached" if goal.holds(ratio) else "**missed**"
            rows.append(
                f"| {figure.title} | {figure.where} | {goal.to or '-'} | {number(ratio)} "
                f"| {wanted(goal)} | {verdict} |"
            )
    return "\n".join(["## All goals\n", *rows, ""])


def _judged(figure: Figure) -> Iterator[tuple[Goal, float]]:
    for goal in figure.goals:
        yield goal, figure.ratio(goal.of, goal.to)


def wanted(goal: Goal) -> str:
    """What was hoped for."""
    if goal.at_least is not None:
        return f"at least {goal.at_least:g}"
    return f"at most {goal.at_most:g}"


def _section(name: str, figures: Sequence[Figure]) -> str:
    module = importlib.import_module(f"benchmarks.{name}")
    parts = [f"## {module.TITLE}\n", f"{inspect.getdoc(module)}\n"]
    for number, figure in enumerate(figures, 1):
        parts.append(_table(figure))
        if getattr(module, "PLOTTED", False):
            parts.append(_drawn(figure, f"{name}-{number}.svg"))
    notes = inspect.cleandoc(getattr(module, "NOTES", ""))
    return "\n".join([*parts, f"{notes}\n"] if notes else parts)


def _table(figure: Figure) -> str:
    where = f" ({figure.where})" if figure.where else ""
    unit = f", {figure.unit}" if figure.unit else ""
    rows = [f"**{figure.title}**{where}\n", f"| {unit.strip(', ')} | median | lowest to highest |"]
    rows.append("| --- | ---: | ---: |")
    for name, samples in figure.samples.items():
        spread = f"{number(min(samples))} to {number(max(samples))}" if len(samples) > 1 else ""
        rows.append(f"| {name} | {number(statistics.median(samples))} | {spread} |")
    return "\n".join([*rows, ""])


def _drawn(figure: Figure, file: str) -> str:
    (PAGE.parent / "images").mkdir(exist_ok=True)
    (PAGE.parent / "images" / file).write_text(plot.curve(figure))
    return f"![{figure.title}](images/{file})\n"


def number(value: float) -> str:
    """With three digits that count, or all that stand before the point."""
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    places = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{places}f}"
