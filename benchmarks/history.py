"""Compares a measurement of this tree with the same one of an earlier commit, in turn.

The earlier tree is taken out of the repository's own history and measured by its own benchmarks,
with the interpreter and the libraries of this one. Each measures a figure as a whole; who begins
changes from round to round, so that what disturbs the machine disturbs both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.compare import say
from benchmarks.contender import ROOT

_MEASURE: Final = """
import importlib, json, sys
module, quick = importlib.import_module(f"benchmarks.{sys.argv[1]}"), sys.argv[2] == "quick"
for figure in module.figures(quick):
    print(json.dumps([figure.title, figure.where, figure.unit, dict(figure.samples)]), flush=True)
"""
"""A program that any commit's benchmarks can run: `figures(quick)` has always been there."""

Medians = Mapping[tuple[str, str, str, str], float]
"""Title, place, unit and contender of what was measured, with the median of its samples."""


def compare(name: str, commit: str, *, quick: bool, rounds: int) -> None:
    """Print the ratio of this tree to the commit for all contenders of one benchmark.

    The contenders that are not ours show what the machine itself has done meanwhile.
    """
    with _checked_out(commit) as earlier:
        measured: dict[Path, list[Medians]] = {earlier: [], ROOT: []}
        for number in range(rounds):
            for tree in (earlier, ROOT) if number % 2 else (ROOT, earlier):
                say(f"{name}, round {number + 1}: {'now' if tree is ROOT else commit}")
                measured[tree].append(_medians(tree, name, quick))
    for key in measured[ROOT][0]:
        then = [medians[key] for medians in measured[earlier] if key in medians]
        now = [medians[key] for medians in measured[ROOT]]
        if then and min(then) > 0:
            _print(key, now, then, commit)


def _print(
    key: tuple[str, str, str, str], now: list[float], then: list[float], commit: str
) -> None:
    title, where, unit, contender = key
    ratio = statistics.median(now) / statistics.median(then)
    sys.stdout.write(
        f"{title} [{where}] {contender}: {statistics.median(now):.3f} {unit},"
        f" {commit}: {statistics.median(then):.3f}, ratio {ratio:.3f}\n"
    )


@contextmanager
def _checked_out(commit: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(
            ["git", "archive", commit], cwd=ROOT, check=True, capture_output=True
        )
        subprocess.run(["tar", "x"], cwd=folder, check=True, input=archive.stdout)
        yield Path(folder)


def _medians(tree: Path, name: str, quick: bool) -> Medians:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, name, "quick" if quick else "whole"],
        cwd=tree,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tree)},
    )
    medians: dict[tuple[str, str, str, str], float] = {}
    for line in done.stdout.splitlines():
        title, where, unit, samples = json.loads(line)
        for contender, values in samples.items():
            medians[title, where, unit, contender] = statistics.median(values)
    return medians
