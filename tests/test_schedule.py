"""The schedule of beat can be merged by a host's settings."""

import subprocess
import sys

from fin_bridge import schedule, tasks


def test_it_names_a_task_that_there_is() -> None:
    [entry] = schedule.BEAT_SCHEDULE.values()
    assert entry["task"] == tasks.sweep.name
    assert entry["task"] in tasks.sweep.app.tasks


def test_settings_can_import_it() -> None:
    """Neither models nor settings are asked for, which are not there yet."""
    program = (
        "import sys; from fin_bridge.schedule import BEAT_SCHEDULE;"
        " sys.exit('django.conf' in sys.modules or 'celery' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
