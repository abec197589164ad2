"""The values that Fin's deployment page asks for, in its order, and Fin's OAuth client."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from django import apps
from django.db import router
from django.urls import NoReverseMatch, reverse

from ..api.trust.client_secrets import fast_hash
from ..conf import conf
from ..exceptions import ConfigurationError, NotFoundError
from ..helpdesk import current, fin_agent
from ..integrations import Integration
from ..models import IntegrationState

OPERATIONS: Final = {
    "get_user": ("Load an end user", "GET", "user"),
    "update_user": ("Update an end user", "PUT", "user"),
    "create_user": ("Create an end user", "POST", "user"),
    "get_agents": ("List agents", "GET", "agents"),
    "get_conversation": ("Load a conversation", "GET", "conversation"),
    "update_conversation": ("Update a conversation", "PUT", "conversation"),
    "create_conversation": ("Create a conversation", "POST", "conversation"),
    "get_messages": ("Load messages", "GET", "messages"),
    "create_message": ("Create a message", "POST", "messages"),
}
"""Each operation's title on the page, and its method and address in the REST dialect."""


_GRANT: Final = "client-credentials"


@dataclass(frozen=True, slots=True)
class Client:
    """Fin's OAuth client; its secret is known only while it is being made, and else None."""

    client_id: str
    client_secret: str | None
    grant_type: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """All values of the page; `to_do` says what the settings still lack."""

    integration: str
    dialect: str
    token_url: str
    client_id: str
    client_secret: str | None
    operations: dict[str, str]
    integration_id: str
    webhook_secret: str
    signing_key: str
    agent_id: str
    events_url: str
    to_do: list[str] = field(default_factory=list)

    def address(self, operation: str) -> str:
        method = f"  ({OPERATIONS[operation][1]})" if self.dialect == "rest" else ""
        return f"{self.operations[operation]}{method}"


def prepare(integration: Integration, dialect: str, *, new_secret: bool) -> Deployment:
    """Gather the values of the page, and make the OAuth client if there is none.

    Raises `ConfigurationError` where Fin's addresses are not mounted, or there is no OAuth.
    """
    _raise_without_toolkit()
    token_url = _url("token")  # before anything is made: the addresses may not be mounted
    client = _client(integration, new_secret=new_secret)
    return Deployment(
        integration=integration.name,
        dialect=dialect,
        token_url=token_url,
        client_id=client.client_id,
        client_secret=client.client_secret,
        operations={
            name: _url(address if dialect == "rest" else name)
            for name, (_, _, address) in OPERATIONS.items()
        },
        integration_id=integration.id,
        webhook_secret=next(iter(integration.webhook_keys), ""),
        signing_key=next(iter(integration.signing_keys), ""),
        agent_id=fin_agent.agent_id(integration),
        events_url=integration.events_url,
        to_do=list(_to_do(integration, client)),
    )


def _url(name: str) -> str:
    try:
        return f"{conf.public_url}{reverse(f'fin_bridge:{name}')}"
    except NoReverseMatch:
        message = 'Mount Fin\'s addresses: path("api/fin/", include("fin_bridge.api.urls")).'
        raise ConfigurationError(message) from None


def _to_do(integration: Integration, client: Client) -> list[str]:
    place = f"FIN_BRIDGE_INTEGRATIONS[{integration.name!r}]"
    wanted = {
        f"{place}['CLIENT_IDS'] = [{client.client_id!r}]": client.client_id
        in integration.client_ids,
        f"{place}['ID']: the identifier that Fin's page shows": integration.id,
        f"{place}['WEBHOOK_KEYS']: the webhook secret that Fin's page shows": (
            integration.webhook_keys
        ),
        f"{place}['SIGNING_KEYS']: the HMAC key that Fin's page shows": integration.signing_keys,
        f"{place}['REGION']: that of your workspace": integration.events_url,
        "FIN_BRIDGE_PUBLIC_URL: the https address of this site": conf.public_url,
    }
    found = [line for line, done in wanted.items() if not done]
    if client.grant_type != _GRANT:
        found.append(
            f"the OAuth client {client.client_id}: its authorization grant type must be"
            f" {_GRANT}, and it is {client.grant_type}, by which Fin gets no token"
        )
    return found


def _raise_without_toolkit() -> None:
    if not apps.apps.is_installed("oauth2_provider"):
        raise ConfigurationError(
            "Install the extra oauth and add oauth2_provider to INSTALLED_APPS, or give Fin a "
            "token of your own and put its SHA-256 digest into TOKENS."
        )


def _client(integration: Integration, *, new_secret: bool) -> Client:
    from oauth2_provider.models import get_application_model

    model = get_application_model()
    clients = model._base_manager.using(router.db_for_write(model))
    name = f"Fin ({integration.name})"
    ids = sorted(integration.client_ids)
    existing = clients.filter(client_id__in=ids) if ids else clients.filter(name=name)
    application = existing.order_by("pk").first()
    if application is not None and not new_secret:
        return Client(application.client_id, None, application.authorization_grant_type)
    if application is None:
        application = model(name=name, client_id=ids[0] if ids else secrets.token_hex(16))
        application.client_type = model.CLIENT_CONFIDENTIAL
        application.authorization_grant_type = _GRANT
    return _with_secret(application)


def _with_secret(application: Any) -> Client:
    secret = secrets.token_urlsafe(32)
    application.client_secret = fast_hash(secret)
    application.hash_client_secret = True
    application.save()
    return Client(application.client_id, secret, application.authorization_grant_type)


def choose_agent(integration: Integration, agent_id: str) -> None:
    """Save which agent of the helpdesk acts as Fin for this integration.

    Raises `ConfigurationError` where there is no such agent, or the settings name another.
    """
    agents = current().agents
    try:
        agents.get(agent_id)
    except NotFoundError as error:
        first = [agents.record(row) for row in agents.loading().order_by("pk")[:5]]
        examples = ", ".join(f"{agent.id} ({agent.name})" for agent in first) or "nobody"
        raise ConfigurationError(f"{error} Agents are, for instance: {examples}.") from error
    if integration.agent_id not in {None, agent_id}:
        raise ConfigurationError(
            f"FIN_BRIDGE_INTEGRATIONS[{integration.name!r}]['AGENT_ID'] names another agent: "
            f"{integration.agent_id}."
        )
    IntegrationState.objects.update_or_create(
        integration=integration.name, defaults={"agent_id": agent_id}
    )
