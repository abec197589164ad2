"""The ready description of django-helpdesk, in a project that has nothing but that package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest

import fin_bridge
from tests.support.left_out import leave_out

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "hosts" / "django_helpdesk"
PAGE = (ROOT / "docs" / "django-helpdesk.md").read_text(encoding="utf-8")
SUITES = sorted(path.name for path in FOLDER.glob("suite*.py"))


@pytest.mark.exhaustive
@pytest.mark.database
@pytest.mark.parametrize("suite", SUITES)
def test_a_suite(suite: str) -> None:
    if find_spec("helpdesk") is None:
        leave_out("django-helpdesk")
    options = ["-q", "-p", "no:cacheprovider", "--ds", "tests.hosts.django_helpdesk.settings"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--confcutdir", "tests/hosts", FOLDER / suite],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_page_shows_what_is_tested() -> None:
    blocks = re.findall(r"^ *```(\w+)\n(.*?)^ *```", PAGE, re.DOTALL | re.MULTILINE)
    code = [(language, textwrap.dedent(text)) for language, text in blocks]
    template = FOLDER / "templates" / "helpdesk" / "ticket.html"
    assert ("django", template.read_text(encoding="utf-8")) in code
    urls = (FOLDER / "urls.py").read_text(encoding="utf-8")
    assert any(language == "python" and text in urls for language, text in code)
    settings = (FOLDER / "settings.py").read_text(encoding="utf-8")
    written = next(text for _, text in code if "INSTALLED_APPS" in text)
    wanted = set(re.findall(r'"([a-z0-9_.]+)"', "".join(written.split("TEMPLATES")[0])))
    assert wanted - set(re.findall(r'"([a-z0-9_.]+)"', settings)) == {"oauth2_provider"}
    for name in re.findall(r"^HELPDESK_\w+ = \S+", written, re.MULTILINE):
        assert name in settings


SETUP = """
import django
from django.conf import settings
settings.HELPDESK_TICKET_STATUS_CHOICES = [(1, "Open"), (3, "Resolved"), (7, "Asked"), (8, "Lost")]
settings.HELPDESK_TICKET_OPEN_STATUSES = [1, 7]
django.setup()
"""
CHECK = """
from fin_bridge.checks.parts import problems
from fin_bridge.contrib.django_helpdesk import helpdesk as ready
for desk in (helpdesk, ready):
    assert [problem for part in desk.parts for problem in problems(part)] == []
print(desk.conversations.status.words)
"""


def test_the_subclass_on_the_page_is_one_and_statuses_of_a_companys_own_have_words() -> None:
    if find_spec("helpdesk") is None:
        leave_out("django-helpdesk")
    [written] = re.findall(r'^```python\n(""".*?)^```', PAGE, re.DOTALL | re.MULTILINE)
    run = subprocess.run(
        [sys.executable, "-c", f"{SETUP}{written}{CHECK}"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.hosts.django_helpdesk.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    words = "{1: 'open', 3: 'resolved', 7: 'open', 8: 'closed'}\n"
    assert (run.stdout, run.stderr) == (words, "")


def test_the_description_is_short() -> None:
    description = Path(fin_bridge.__path__[0], "contrib", "django_helpdesk", "__init__.py")
    assert len(description.read_text(encoding="utf-8").splitlines()) <= 70
