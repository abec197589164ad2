"""`manage.py fin_doctor`: the truth about the living system, and what mends it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from ...conf import conf
from ...exceptions import ConfigurationError
from ...operating.health import Finding
from ..examination import examine, tell


class Command(BaseCommand):
    """Looks, and changes nothing."""

    help = (
        "Looks at clocks, database, sweep, backlog, integrations, broker, workers and cache. "
        "Exit code 1 if something is not well."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """A real event is sent only if a conversation is named."""
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--conversation", metavar="ID", help="send Fin a real event of it")
        parser.add_argument("--integration", help="whose it is; default: the first")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each finding, or one JSON document."""
        found = []
        for finding in _findings(options["conversation"], options["integration"]):
            found.append(finding)
            if not options["json"]:
                self._say(finding)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in found], indent=2))
        ill = [finding.name for finding in found if not finding.is_well]
        if ill:
            raise CommandError(f"Not well: {', '.join(ill)}.")

    def _say(self, finding: Finding) -> None:
        style = self.style.SUCCESS if finding.is_well else self.style.ERROR
        mark = "✓" if finding.is_well else "✗"
        self.stdout.write(style(f"{mark} {finding.name:22} {finding.said}"))
        if finding.remedy:
            self.stdout.write(f"  {'':22} {finding.remedy}")


def _findings(conversation: str | None, integration: str | None) -> Iterator[Finding]:
    try:
        yield from examine()
        if conversation is not None:
            name = integration or next(iter(conf.integrations), "")
            yield from tell(conf.integration(name), conversation)
    except Error as error:
        said = f"It does not answer: {type(error).__name__}."
        yield Finding("database", False, said, "Start it; run the migrations.")
    except ConfigurationError as error:
        yield Finding("settings", False, str(error), "Run manage.py check.")
