"""The demo helpdesk's settings; a token alone lets the receiver pull."""

import hashlib

from helpdesk_demo.settings import *  # noqa: F403  # what settings are for
from helpdesk_demo.settings import FIN_BRIDGE_INTEGRATIONS, env

FIN_BRIDGE_CREDENTIALS = ["token"]
FIN_BRIDGE_LEASE = int(env["CHAOS_LEASE"])
FIN_BRIDGE_DEADLINE = FIN_BRIDGE_LEASE / 4
FIN_BRIDGE_INTEGRATIONS["default"] = {
    "ID": "chaos",
    "WEBHOOK_KEYS": ["the key of a run"],
    "TOKENS": [hashlib.sha256(env["CHAOS_TOKEN"].encode()).hexdigest()],
    "EVENTS_URL": env["FIN_EVENTS_URL"],
    "AGENT_ID": "1",
}
