"""A text of the helpdesk's in Fin's tags: against the build of commit b9350d0 and three libraries.

All of them are in one process and take turns. The libraries make Markdown or plain text of HTML,
which is less: they neither sanitise nor keep to Fin's tags.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from benchmarks.compare import Figure, Goal, in_turn
from benchmarks.contender import ROOT
from benchmarks.servers import serving

TITLE = "Texts"
NOTES = """
What most messages are made of (paragraphs, flat lists, bold, links) is only sanitised. Anything
else is parsed by selectolax and walked: half of that time are the events of the tree and the
lines that are made of them, a tenth the sanitiser.
"""

BEFORE: Final = "b9350d0"
PEERS: Final = ("html2text==2025.4.15", "markdownify==1.2.3", "inscriptis==2.7.6")
FOLDER: Final = ROOT / "var" / "benchmarks" / "texts"
Convert = Callable[[str], str]

_PART: Final = (
    "<p>Hello Anna, thanks for writing. <strong>Please</strong> restart the printer and tell us "
    'what you see.</p><ul><li>Open the lid</li><li>Take out <a href="https://example.com/x?a=1">'
    "the paper</a></li></ul><p>Best regards<br>Tom</p>"
)
_STYLED: Final = _PART.replace("<p>", '<p style="margin:0;font-family:Calibri,sans-serif">')
_QUOTED: Final = f"<div>{_STYLED}<blockquote><div>{_STYLED}</div></blockquote></div>"
TEXTS: Final = {
    "2 kB from an editor": _PART * 8,
    "2 kB with styles": _STYLED * 6,
    "2 kB with a quote": _QUOTED * 3,
    "a megabyte": _QUOTED * (1_000_000 // len(_QUOTED)),
}


def _before() -> Convert:
    """The build of that commit, from the repository's history, as a package of its own."""
    package = FOLDER / "fin_bridge_before"
    (package / "helpdesk").mkdir(parents=True, exist_ok=True)
    for name in ("html", "portions", "nesting"):
        path = f"{BEFORE}:fin_bridge/helpdesk/{name}.py"
        source = subprocess.run(["git", "show", path], cwd=ROOT, check=True, capture_output=True)
        (package / "helpdesk" / f"{name}.py").write_bytes(source.stdout)
    (package / "conf.py").write_text("from fin_bridge.conf import conf\n")
    module = importlib.import_module("fin_bridge_before.helpdesk.html")
    to_fin: Convert = module.to_fin
    return to_fin


def _peers() -> dict[str, Convert]:
    install = ["-m", "pip", "install", "--quiet", "--target", str(FOLDER)]
    if not (FOLDER / "inscriptis").exists():
        subprocess.run([sys.executable, *install, *PEERS], check=True)
    html2text, markdownify, inscriptis = (
        importlib.import_module(name) for name in ("html2text", "markdownify", "inscriptis")
    )
    return {
        "html2text": html2text.html2text,
        "markdownify": markdownify.markdownify,
        "inscriptis": inscriptis.get_text,
    }


def _milliseconds(convert: Convert, text: str, times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        convert(text)
    return (time.process_time() - started) / times * 1000


def _most_memory(convert: Convert, text: str) -> float:
    """How many times the text's size is needed at most, the result included."""
    tracemalloc.start()
    convert(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / len(text)


def figures(quick: bool) -> Iterator[Figure]:
    """Each text by all contenders in turn; then how the cost grows, and the memory."""
    with serving("SQLite") as environment:
        os.environ.update(environment, DJANGO_SETTINGS_MODULE="benchmarks.settings")
        yield from _figures(quick)


def _figures(quick: bool) -> Iterator[Figure]:
    import django

    django.setup()
    from fin_bridge.helpdesk.text.html import to_fin

    FOLDER.mkdir(parents=True, exist_ok=True)
    sys.path.append(str(FOLDER))
    contenders: dict[str, Convert] = {"ours": to_fin, BEFORE: _before(), **_peers()}
    for title, text in TEXTS.items():
        times = 1 if len(text) > 100_000 else 20
        rounds = {name: partial(_milliseconds, convert) for name, convert in contenders.items()}
        samples = in_turn(rounds, 3 if quick else 15, text=text, times=times)
        goals = tuple(
            Goal("ours", other, at_most=1.5 if other == BEFORE else 1)
            for other in rounds
            if other != "ours"
        )
        yield Figure(title, "ms", samples, goals)
    long = TEXTS["a megabyte"]
    sizes = {f"{size} kB": long[: size * 1000] for size in (125, 250, 500, 1000)}
    grown = {
        name: [_milliseconds(to_fin, text, 1) / len(text) * 1e6 for _ in range(3)]
        for name, text in sizes.items()
    }
    yield Figure(
        "a kilobyte of a long text", "us", grown, (Goal("1000 kB", "125 kB", at_most=1.5),)
    )
    memory = {"ours": [_most_memory(to_fin, long)]}
    yield Figure("memory for a megabyte", "times its size", memory, (Goal("ours", at_most=6),))
