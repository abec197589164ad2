"""What Celery's beat is to run; nothing is imported here, so a host's settings can merge it."""

from typing import Any, Final

SWEEP_INTERVAL: Final = 10.0  # seconds

BEAT_SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "fin_bridge.sweep": {
        "task": "fin_bridge.sweep",
        "schedule": SWEEP_INTERVAL,
        "options": {"expires": SWEEP_INTERVAL},
    }
}
"""Merge it into the host's setting `CELERY_BEAT_SCHEDULE` (or `app.conf.beat_schedule`)."""
