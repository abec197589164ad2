"""One way to do it: a process of its own, with its own settings, that does a round when told.

In the parent `Contender` starts it and asks; the child is this module run as a program. Each line
to it holds the arguments of a round, and each line back what came of it. All contenders of a
figure are kept running, so that they can be measured in turn.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class ContenderError(Exception):
    """A contender ended, or could not do its round."""


class Contender:
    """`do` names what makes the function of a round, as `module:function`."""

    def __init__(
        self, do: str, environment: Mapping[str, str], python: str = sys.executable
    ) -> None:
        self._do = do
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.contender", do],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
                "PYTHONPATH": str(ROOT),
                **environment,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def round(self, **arguments: Any) -> Any:
        """What one round of it yields: a duration, mostly."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(arguments) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            raise ContenderError(f"{self._do} has ended.") from error

    def stop(self) -> None:
        """No more rounds."""
        assert self._process.stdin is not None
        with suppress(OSError):  # it may have ended by itself
            self._process.stdin.close()
        self._process.wait(60)


def main() -> None:
    """Rounds until nobody asks for more; what others print goes to the standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import django

    django.setup()
    module, _, name = sys.argv[1].partition(":")
    do = getattr(importlib.import_module(module), name)()
    for line in sys.stdin:
        print(json.dumps(do(**json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
