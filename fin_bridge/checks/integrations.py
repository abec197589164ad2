"""Checks of `FIN_BRIDGE_INTEGRATIONS`: each integration, and what no two may share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from django.core import checks

from ..conf import conf
from ..integrations import REGIONS
from . import credentials
from .settings import TAG, is_address, is_mapping

OPTIONS: Final = {
    "ID",
    "WEBHOOK_KEYS",
    "SIGNING_KEYS",
    "CLIENT_IDS",
    "TOKENS",
    "REGION",
    "EVENTS_URL",
    "AGENT_ID",
}
_LONGEST_NAME: Final = 64

Options = Mapping[str, Any]


@checks.register(TAG)
def check_integrations(**_: Any) -> list[checks.CheckMessage]:
    """Check all that can be told of the integrations without asking Fin."""
    configured = conf.raw("FIN_BRIDGE_INTEGRATIONS", {})
    if not is_mapping(configured):
        return [
            checks.Error(
                "FIN_BRIDGE_INTEGRATIONS is not a dictionary.",
                hint='It maps a name to options, like DATABASES: {"default": {"ID": ...}}.',
                id="fin_bridge.E030",
            )
        ]
    if not configured:
        return [
            checks.Error(
                "FIN_BRIDGE_INTEGRATIONS is empty: no Fin is told anything.",
                hint="Enter the values of Fin's deployment page under a name such as 'default'.",
                id="fin_bridge.E031",
            )
        ]
    sound = {name: options for name, options in configured.items() if is_mapping(options)}
    found = [message for name in configured for message in _form(name, configured[name])]
    for name, options in sound.items():
        place = f"FIN_BRIDGE_INTEGRATIONS[{name!r}]"
        for aspect in (_options, _identity, _address, credentials.token, credentials.signature):
            found += aspect(place, options)
    return [*found, *_shared(sound)]


def _form(name: Any, options: Any) -> Iterator[checks.CheckMessage]:
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        yield checks.Error(
            f"FIN_BRIDGE_INTEGRATIONS has the name {name!r}, which cannot be used.",
            hint=f"A name is a text of at most {_LONGEST_NAME} characters.",
            id="fin_bridge.E032",
        )
    if not is_mapping(options):
        yield checks.Error(
            f"FIN_BRIDGE_INTEGRATIONS[{name!r}] is not a dictionary.",
            hint=f"Use some of the keys {', '.join(sorted(OPTIONS))}.",
            id="fin_bridge.E033",
        )


def _options(place: str, options: Options) -> Iterator[checks.CheckMessage]:
    for option in sorted(set(map(str, options)) - OPTIONS):
        yield checks.Error(
            f"{place} has the unknown option {option!r}.",
            hint=f"The options are {', '.join(sorted(OPTIONS))}.",
            id="fin_bridge.E034",
        )


def _identity(place: str, options: Options) -> Iterator[checks.CheckMessage]:
    """Check by which id Fin knows us, and which agent is Fin."""
    if not isinstance(options.get("ID"), str) or not options["ID"]:
        yield checks.Error(
            f"{place} has no ID.",
            hint="Copy the integration's identifier from Fin's deployment page.",
            id="fin_bridge.E035",
        )
    agent = options.get("AGENT_ID")
    if agent is not None and not (isinstance(agent, str | int) and str(agent)):
        yield checks.Error(
            f"{place}['AGENT_ID'] is {agent!r}.",
            hint="Give the id of the agent that acts as Fin, or leave it out to have it learned.",
            id="fin_bridge.E049",
        )


def _address(place: str, options: Options) -> Iterator[checks.CheckMessage]:
    """Check where events go, and with which key."""
    region, url = options.get("REGION"), options.get("EVENTS_URL")
    if not region and not url:
        yield checks.Error(
            f"{place} has neither a REGION nor an EVENTS_URL.",
            hint=f"Name the region of your workspace: {', '.join(REGIONS)}.",
            id="fin_bridge.E038",
        )
    if region and (not isinstance(region, str) or region not in REGIONS):
        yield checks.Error(
            f"{place}['REGION'] is {region!r}.",
            hint=f"The regions are {', '.join(REGIONS)}.",
            id="fin_bridge.E039",
        )
    if url and not is_address(url, {"http", "https"}):
        yield checks.Error(
            f"{place}['EVENTS_URL'] is {url!r}.",
            hint="It has to be the base of an address: https://fin.example.com/hooks",
            id="fin_bridge.E040",
        )
    if region and url:
        yield checks.Warning(
            f"{place} has a REGION and an EVENTS_URL: the region is not used.",
            hint="Remove REGION or EVENTS_URL.",
            id="fin_bridge.W002",
        )
    if not options.get("WEBHOOK_KEYS"):
        yield checks.Error(
            f"{place} has no WEBHOOK_KEYS.",
            hint="Copy the webhook secret from Fin's deployment page; put the current one first.",
            id="fin_bridge.E036",
        )
    elif not credentials.are_keys(options["WEBHOOK_KEYS"]):
        yield checks.Error(
            f"{place}['WEBHOOK_KEYS'] is not a list of keys.",
            hint="Give a list of texts, or of callables that each return one.",
            id="fin_bridge.E037",
        )


def _shared(integrations: Mapping[str, Options]) -> Iterator[checks.CheckMessage]:
    """Check that integrations differ in what tells them apart."""
    for identity in _twice(integrations, "ID"):
        yield checks.Error(
            f"FIN_BRIDGE_INTEGRATIONS has the ID {identity!r} twice.",
            hint="Give each integration the identifier that its own deployment page shows.",
            id="fin_bridge.E041",
        )
    for client in _twice(integrations, "CLIENT_IDS"):
        yield checks.Error(
            f"FIN_BRIDGE_INTEGRATIONS has the client {client!r} twice.",
            hint="Make a client for each integration: a token's client tells which of them calls.",
            id="fin_bridge.E042",
        )
    for token in _twice(integrations, "TOKENS"):
        yield checks.Error(
            f"FIN_BRIDGE_INTEGRATIONS has the token {token[:8]}... twice.",
            hint="Make a token for each integration: it tells which of them calls.",
            id="fin_bridge.E046",
        )


def _twice(integrations: Mapping[str, Options], option: str) -> list[str]:
    values: Counter[str] = Counter()
    for options in integrations.values():
        given = options.get(option)
        several = given if isinstance(given, list | tuple | set | frozenset) else [given]
        values.update({value for value in several if isinstance(value, str) and value})
    return sorted(value for value, count in values.items() if count > 1)


@checks.register(TAG, deploy=True)
def check_transport(**_: Any) -> list[checks.CheckMessage]:
    """Warn of an address without TLS: the webhook key travels with each event."""
    configured = conf.raw("FIN_BRIDGE_INTEGRATIONS", {})
    integrations = configured.items() if is_mapping(configured) else ()
    return [
        checks.Warning(
            f"FIN_BRIDGE_INTEGRATIONS[{name!r}]['EVENTS_URL'] is not an https address.",
            hint="Use https: on the way, anybody can read the webhook key and the conversation.",
            id="fin_bridge.W003",
        )
        for name, options in integrations
        if is_mapping(options)
        and is_address(options.get("EVENTS_URL"), {"http"})
        and not _is_loopback(str(urlsplit(options["EVENTS_URL"]).hostname))
    ]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
