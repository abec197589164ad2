"""What Celery's beat is to run: free of imports, so that a host's settings can merge it."""

from typing import Any, Final

SWEEP_INTERVAL: Final = 10.0
"""Seconds."""

BEAT_SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "fin_bridge.sweep": {
        "task": "fin_bridge.sweep",
        "schedule": SWEEP_INTERVAL,
        "options": {"expires": SWEEP_INTERVAL},
    }
}
"""To be merged into the host's `beat_schedule`."""
