"""From a fresh install to a working integration: what to enter where, and whether it works."""

from __future__ import annotations

import argparse
import dataclasses
import json
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.utils import timezone

from ...conf import Integration, conf
from ...exceptions import ConfigurationError
from ..deployment import OPERATIONS, Deployment, choose_agent, prepare
from ..first_calls import FirstCalls
from ..tables import TablesCommand

DIALECTS = {"posts_only": "POST-only", "rest": "REST"}


class Command(TablesCommand):
    """Safe to repeat: what is there stays, and a secret is shown when it is made, never again."""

    help = (
        "Makes the OAuth client that Fin comes in with, and prints all that Fin's deployment page "
        "asks for, in its order. It prints secrets: mind who reads along."
    )
    requires_system_checks = []  # it is there to say what the settings still lack

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which integration, what to make, how to say it."""
        add = parser.add_argument
        add("--integration", help="the name of one in FIN_BRIDGE_INTEGRATIONS; default: the first")
        add("--dialect", choices=DIALECTS, default="posts_only", help="default: %(default)s")
        add("--agent", metavar="ID", help="the agent of your helpdesk that is Fin")
        add("--new-secret", action="store_true", help="give the client that is there another one")
        add("--json", action="store_true", help="for programs, such as the simulator's --config")
        add("--watch", action="store_true", help="tick off each first call of Fin's; Ctrl-C ends")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where the settings or the addresses do not allow it."""
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
        """Say what arrives until all has, or until Ctrl-C."""
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
        output.write(f"Not yet asked for: {missing}.\n" if missing else "All have come.\n")


def _integration(name: str | None) -> Integration:
    """On a fresh install the settings may name none yet."""
    if not conf.integrations:
        return Integration(name or "default", {})
    return conf.integration(name or next(iter(conf.integrations)))


def _lines(deployment: Deployment) -> list[tuple[str, str]]:
    """In the order of the page."""
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
