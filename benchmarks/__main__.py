"""Measures, keeps the results, and writes docs/performance.md from them.

    python -m benchmarks [names] [--quick] [--compare COMMIT]

Needs the PostgreSQL, Redis and RabbitMQ that the tests need, and nothing else to do for the
machine. With --quick little is measured, and nothing is kept or written. With --compare each is
measured in turn with the same benchmark of an earlier commit, and nothing is kept either.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import time
import traceback

from benchmarks import history, report
from benchmarks.compare import Figure

NAMES = (
    "saves",
    "deliveries",
    "arrivals",
    "keystrokes",
    "pulls",
    "resends",
    "outages",
    "million",
    "endurance",
    "startup",
    "texts",
    "growth",
)


def main() -> None:
    """Each figure as it comes."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help=f"of {', '.join(NAMES)}; default: all")
    parser.add_argument("--quick", action="store_true", help="small, and for the eye alone")
    parser.add_argument("--write", action="store_true", help="only the page, from what was kept")
    parser.add_argument("--compare", metavar="COMMIT", help="with this commit of the history")
    parser.add_argument("--rounds", type=int, default=3, help="of --compare; default: 3")
    options = parser.parse_args()
    if options.compare:
        for name in options.names or NAMES:
            history.compare(name, options.compare, quick=options.quick, rounds=options.rounds)
        return
    failed = []
    for name in () if options.write else options.names or NAMES:
        try:
            _measure(name, options.quick)
        except (Exception, SystemExit):  # noqa: BLE001  # the others are measured all the same
            traceback.print_exc()
            failed.append(name)
    if not options.quick:
        report.write(NAMES)
    if failed:
        raise SystemExit(f"Not measured: {', '.join(failed)}.")


def _measure(name: str, quick: bool) -> None:
    started = time.monotonic()
    figures = []
    for figure in importlib.import_module(f"benchmarks.{name}").figures(quick):
        _say(figure)
        figures.append(figure)
    sys.stdout.write(f"({name}: {time.monotonic() - started:.0f} s)\n\n")
    if not quick:
        report.keep(name, figures)


def _say(figure: Figure) -> None:
    write = sys.stdout.write
    write(f"{figure.title} [{figure.where}] {figure.unit}\n")
    for contender, samples in figure.samples.items():
        spread = f"{min(samples):.3f} to {max(samples):.3f}"
        write(f"  {contender:30} {statistics.median(samples):12.3f}  ({spread})\n")
    for goal in figure.goals:
        ratio = figure.ratio(goal.of, goal.to)
        verdict = "reached" if goal.holds(ratio) else "MISSED"
        write(f"  {goal.of} / {goal.to or 1}: {ratio:.3f}, {report.wanted(goal)}: {verdict}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
