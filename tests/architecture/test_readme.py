"""The README's blocks run as they are copied, from an empty project with a helpdesk's models."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fin_bridge.testing.__main__ import _parser
from tests.architecture.source import ROOT

README = (ROOT / "README.md").read_text()
STEPS = README.split("## Plug it into your helpdesk")[1].split("## Settings")[0]
FILE = re.compile(
    r"`((?:desk|support)/[a-z_]+\.py)`[^`]*?:\n\n```python\n(.*?)^```", re.MULTILINE | re.DOTALL
)
"""A file of the project, and the block that goes into it or to its end."""
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", STEPS, re.MULTILINE | re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
]
PAGE = "\n".join(re.findall(r"^```django\n(.*?)^```", STEPS, re.MULTILINE | re.DOTALL))
TALKING = {"runserver", "deliver_events"}
"""Commands that go on until they are stopped."""

# What the project has before fin_bridge comes: the models that the README describes, and a row
# of each.
HELPDESK = """
INSTALLED_APPS += ["helpdesk_demo"]
"""
PLAY = """
import os, shlex, sys
import django
django.setup()

from celery import current_app
from django.contrib.auth.models import User
from django.core.management import call_command
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from helpdesk_demo.models import Customer, Status, Ticket

page, *commands = sys.argv[1:]
for name, *arguments in map(shlex.split, commands):
    call_command(name, *arguments)
    if name == "migrate":
        user = User.objects.create_user("sarah", is_staff=True)
        status, _ = Status.objects.get_or_create(slug="new", name="New")
        customer = Customer.objects.create(full_name="Ada")
        ticket = Ticket.objects.create(
            pk=7, subject="It burns.", customer=customer, status=status, description="<p>Help</p>"
        )
request = RequestFactory().get("/")
request.user = user
print(Template(page).render(Context({"ticket": ticket, "request": request})))
current_app.loader.import_default_modules()
assert "fin_bridge.sweep" in current_app.tasks
assert "fin_bridge.sweep" in current_app.conf.beat_schedule
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What `startproject` makes, a helpdesk in it, and the README's blocks in their places."""
    startproject = [sys.executable, "-m", "django", "startproject", "desk", "."]
    subprocess.run(startproject, cwd=tmp_path, check=True)
    (tmp_path / "support").mkdir()
    (tmp_path / "support" / "__init__.py").touch()
    with (tmp_path / "desk" / "settings.py").open("a") as settings:
        settings.write(HELPDESK)
    for name, block in FILE.findall(STEPS):
        with (tmp_path / name).open("a") as file:
            file.write(f"\n{block}")
    return tmp_path


def test_the_readme_runs_as_copied(project: Path) -> None:
    commands = [
        line.split("#")[0].split(">")[0].removeprefix("python manage.py ").strip()
        for line in LINES
        if line.startswith("python manage.py ") and not TALKING.intersection(line.split())
    ]
    path = os.pathsep.join([str(project), str(ROOT)])
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PLAY, PAGE, *commands],
        cwd=project,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "desk.settings", "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    for part in ("no issues", "It burns.", '"client_secret"', 'data-conversation="7"'):
        assert part in run.stdout, run.stdout


def test_each_block_is_run() -> None:
    kinds = re.findall(r"^```([a-z]+)\n", STEPS, re.MULTILINE)
    assert kinds.count("python") == len(FILE.findall(STEPS)) == 5
    assert set(kinds) == {"python", "django", "sh"}
    assert "..." not in "".join(block for _, block in FILE.findall(STEPS))


def test_the_simulator_takes_its_options() -> None:
    (line,) = [line for line in LINES if "fin_bridge.testing" in line]
    options = shlex.split(line.partition("fin_bridge.testing ")[2])
    assert _parser({}).parse_args(options).customer
