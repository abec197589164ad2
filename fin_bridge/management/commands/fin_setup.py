"""`manage.py fin_setup`: from a fresh install to a working integration."""

from __future__ import annotations

import argparse
import dataclasses
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import CommandError, OutputWrapper
from django.db.models import QuerySet
from django.utils import timezone

from ...conf import conf
from ...database import clock
from ...exceptions import ConfigurationError
from ...integrations import Integration
from ...models import FinCall, database
from ..base import TablesCommand
from ..deployment_page import OPERATIONS, Deployment, choose_agent, prepare

DIALECTS = {"posts_only": "POST-only", "rest": "REST"}
POLL: Final = 1.0  # seconds

RECENT: Final = timedelta(hours=1)
"""Calls of so long ago count too: they may come before the command is started."""


class Command(TablesCommand):
    """Prints the values of Fin's deployment page; safe to repeat: a secret is shown only once."""

    help = (
        "Makes Fin's OAuth client, and prints all values that Fin's deployment page asks for, in "
        "its order. It prints secrets: mind who reads along."
    )
    requires_system_checks = []  # it is there to say what the settings still lack

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add = parser.add_argument
        add("--integration", help="the name of one in FIN_BRIDGE_INTEGRATIONS; default: the first")
        add("--dialect", choices=DIALECTS, default="posts_only", help="default: %(default)s")
        add("--agent", metavar="ID", help="the id of the agent that acts as Fin")
        add("--new-secret", action="store_true", help="give an existing client a new secret")
        add("--json", action="store_true", help="write JSON, such as for the simulator's --config")
        add("--watch", action="store_true", help="print each first call from Fin; Ctrl-C ends it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            integration = _integration(options["integration"])
            if options["agent"]:
                choose_agent(integration, options["agent"])
            deployment = prepare(integration, options["dialect"], new_secret=options["new_secret"])
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(deployment), indent=2))
        else:
            self._print(deployment)
        if options["watch"]:
            self.watch(integration.name, self.stderr if options["json"] else self.stdout)

    def _print(self, deployment: Deployment) -> None:
        write = self.stdout.write
        write(
            f"Integration {deployment.integration}, {DIALECTS[deployment.dialect]} dialect. "
            "Enter on Fin's deployment page:\n\n"
        )
        for number, (name, value) in enumerate(_lines(deployment), 1):
            write(f"{number:3}  {name:22} {value}\n")
        if deployment.to_do:
            write("\nStill to be set:\n\n", self.style.WARNING)
        for line in deployment.to_do:
            write(f"  {line}\n")
        write("\n")

    def watch(
        self,
        integration: str,
        output: OutputWrapper,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        """Print each first call from Fin until all have come, or until Ctrl-C.

        `wait` is given seconds and returns true to end it; it waits in real time by default.
        """
        calls = FirstCalls(integration)
        output.write("Waiting for Fin's first calls; Ctrl-C ends it.\n")
        try:
            for call in calls.arrive(wait or threading.Event().wait):
                at = timezone.localtime(call.at).strftime("%H:%M:%S")
                said = f"{at}  {call.operation:22} {call.status} {call.detail}".rstrip()
                refused = call.status >= 400
                style = self.style.ERROR if refused else self.style.SUCCESS
                output.write(f"{'✗' if refused else '✓'} {said}\n", style)
                output.flush()
        except KeyboardInterrupt:
            output.write("\n")
        missing = ", ".join(calls.missing)
        output.write(f"These have not come yet: {missing}.\n" if missing else "All have come.\n")


def _integration(name: str | None) -> Integration:
    """Return the integration; on a fresh install the settings may name none yet."""
    if not conf.integrations:
        return Integration(name or "default", {})
    return conf.integration(name or next(iter(conf.integrations)))


def _lines(deployment: Deployment) -> list[tuple[str, str]]:
    """Return titles and values in the order of the page."""
    secret = deployment.client_secret
    return [
        ("Token URL", deployment.token_url),
        ("Client id", deployment.client_id),
        ("Client secret", f"{secret}  (shown only now)" if secret else _KNOWN),
        *((title, deployment.address(name)) for name, (title, *_) in OPERATIONS.items()),
        ("Identifier", deployment.integration_id or _MISSING),
        ("Webhook secret", deployment.webhook_secret or _MISSING),
        ("HMAC key", deployment.signing_key or _MISSING),
        ("Agent that is Fin", deployment.agent_id or _LEARNED),
    ]


_KNOWN = "as shown when it was made; --new-secret makes another"
_MISSING = "- (the page shows it to you)"
_LEARNED = "- (learned from Fin's first message; or --agent ID)"


class FirstCalls:
    """The first calls of one integration; `missing` are the operations that have not come yet."""

    def __init__(self, integration: str) -> None:
        self._integration = integration
        self._seen = 0
        self._since = clock.now(database()) - RECENT
        self._refused = set[tuple[str, str]]()
        self.missing = ["token", *OPERATIONS]

    def arrive(self, wait: Callable[[float], bool]) -> Iterator[FinCall]:
        """Yield the first success of each operation, and each new reason of a refusal.

        Ends when all operations have come, or when `wait`, which is given seconds, returns true.
        """
        while True:
            for call in self._new():
                self._seen = call.pk
                if self._is_news(call):
                    yield call
            if not self.missing or wait(POLL):
                return

    def _new(self) -> QuerySet[FinCall]:
        """Return calls of this integration, and refused ones that got no integration assigned."""
        calls: QuerySet[FinCall] = FinCall.objects.filter(
            at__gte=self._since, pk__gt=self._seen, integration__in=["", self._integration]
        )
        return calls.order_by("pk")

    def _is_news(self, call: FinCall) -> bool:
        if call.status >= 400:
            refusal = (call.operation, call.detail)
            known = refusal in self._refused
            self._refused.add(refusal)
            return not known
        if call.operation not in self.missing:
            return False
        self.missing.remove(call.operation)
        return True
