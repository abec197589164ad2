"""`python -m fin_bridge.testing`: the simulated Fin and its Messenger, until it is stopped."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .contract import DIALECTS, Document
from .simulator.simulator import FinSimulator
from .simulator.transport import HostMap

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Serve until SIGINT or SIGTERM; options win over the environment."""
    fin = simulator(arguments, environment)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopping.set())
    with fin:
        sys.stdout.write(f"Fin's Messenger: {fin.url}/\nEvents for Fin:  {fin.url}\n")
        sys.stdout.flush()
        stopping.wait()


def simulator(arguments: Sequence[str], environment: Mapping[str, str]) -> FinSimulator:
    """Make the simulator that the command line describes; argparse exits on mistakes."""
    parser = _parser(environment)
    known, _ = parser.parse_known_args(arguments)
    if known.config:
        parser.set_defaults(**_configuration(parser, known.config))
    options = parser.parse_args(arguments)
    if not options.helpdesk_url:
        parser.error("--helpdesk-url or --config is needed")
    if not options.webhook_key:
        options.webhook_key = [key for key in [environment.get("FIN_WEBHOOK_KEY")] if key]
    for needed in ("webhook_key", "integration_id", "signing_key"):
        if not getattr(options, needed):
            flag = needed.replace("_", "-")
            parser.error(f"--{flag} or FIN_{needed.upper()} is needed")
    if options.token is None and not (options.client_id and options.client_secret):
        parser.error("--token, or --client-id and --client-secret, are needed")
    served = HostMap(dict(options.map_host))
    return FinSimulator(
        helpdesk_url=served(options.helpdesk_url),
        token_url=options.token_url and served(options.token_url),
        dialect=options.dialect,
        integration_id=options.integration_id,
        webhook_keys=options.webhook_key,
        signing_key=options.signing_key,
        client_id=options.client_id,
        client_secret=options.client_secret,
        token=options.token,
        host=options.host,
        port=options.port,
        map_hosts=dict(options.map_host),
        customers=options.customer,
        journal_path=options.journal,
    )


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m fin_bridge.testing",
        description="A simulated Fin with its Messenger, for a helpdesk on this machine.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    add("--port", type=int, default=0, help="port to listen on; 0 takes any free one")
    add(
        "--config",
        metavar="FILE",
        help="what manage.py fin_setup --json printed; - is the standard input",
    )
    add("--helpdesk-url", help="where the operations begin, http://…/api/fin")
    add("--token-url", help="the helpdesk's token endpoint ({helpdesk-url}/oauth/token/)")
    add("--dialect", choices=DIALECTS, default="posts_only", help="default: %(default)s")
    add("--token", help="a fixed bearer token instead of OAuth client credentials")
    add(
        "--webhook-key",
        action="append",
        help="key that events must show, may be repeated (FIN_WEBHOOK_KEY)",
    )
    for flag in ("integration-id", "signing-key", "client-id", "client-secret"):
        variable = f"FIN_{flag.replace('-', '_').upper()}"
        add(f"--{flag}", default=environment.get(variable, ""), help=f"or in {variable}")
    add(
        "--map-host",
        type=_mapping,
        action="append",
        default=[],
        metavar="PUBLIC=REAL",
        help="where a public origin is really served: https://invented.example=http://127.0.0.1:8000",
    )
    add(
        "--customer",
        type=_person,
        action="append",
        default=[],
        metavar="'NAME <E-MAIL>'",
        help="somebody to choose from in the Messenger, may be repeated",
    )
    add("--journal", type=Path, help="append each event to this file, a line of JSON each")
    return parser


def _configuration(parser: argparse.ArgumentParser, name: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return _options_in(text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(f"--config {name} cannot be used: {error}")


def _options_in(text: str) -> dict[str, Any]:
    """Read the simulator's options from what `manage.py fin_setup --json` prints.

    Raises ValueError for what cannot be used: a client whose secret was shown before, or addresses
    that do not end as the contract spells them.
    """
    given = json.loads(text)
    if not given["client_secret"]:
        raise ValueError("it has no client secret: fin_setup --new-secret --json shows one")
    return {
        "helpdesk_url": _base(given["dialect"], given["operations"]),
        "token_url": given["token_url"],
        "dialect": given["dialect"],
        "integration_id": given["integration_id"],
        "webhook_key": [given["webhook_secret"]],
        "signing_key": given["signing_key"],
        "client_id": given["client_id"],
        "client_secret": given["client_secret"],
        **_address(given["events_url"]),
    }


def _base(dialect: Any, urls: Mapping[str, str]) -> str:
    """Return the address below which all of the operations are."""
    operations = Document.load(dialect).operations
    bases = {url.removesuffix(operations[name].path) for name, url in urls.items()}
    base = min(bases, key=len)
    if len(bases) > 1 or base == urls["get_user"]:
        raise ValueError("the operations' addresses do not begin alike")
    return base


def _address(events_url: str) -> dict[str, Any]:
    """Return where to listen: where events are sent, if that is this machine."""
    parts = urlsplit(events_url)
    if parts.hostname not in LOOPBACK or parts.port is None:
        return {}
    return {"host": parts.hostname, "port": parts.port}


def _mapping(text: str) -> tuple[str, str]:
    public, equals, real = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not PUBLIC=REAL")
    try:
        HostMap({public: real})
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return public, real


def _person(text: str) -> tuple[str, str]:
    name, email = parseaddr(text)
    if "@" not in email:
        raise argparse.ArgumentTypeError(f"{text!r} is not 'NAME <E-MAIL>'")
    return name or email, email


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
