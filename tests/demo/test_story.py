"""The demo as a newcomer sees it: a customer, Fin and an agent, in a browser."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    FrameLocator,
    Locator,
    Page,
    expect,
)

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
SOON = 30_000  # milliseconds: a message crosses two servers and a broker, and machines are busy


@dataclass
class Demo:
    """Where a demo runs."""

    helpdesk: str
    messenger: str
    process: "subprocess.Popen[str]"


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def start(var: Path) -> Demo:
    port, simulator_port = free_ports()
    environment = {
        **os.environ,
        "DEMO_VAR": str(var),
        "PORT": str(port),
        "FIN_SIMULATOR_PORT": str(simulator_port),
        "DJANGO_SETTINGS_MODULE": "helpdesk_demo.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "helpdesk_demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            return Demo(f"http://localhost:{port}", f"http://localhost:{simulator_port}", process)
    process.wait()
    pytest.fail("".join(said))


def stop(demo: Demo) -> None:
    demo.process.send_signal(signal.SIGINT)
    said, _ = demo.process.communicate(timeout=30)
    assert demo.process.returncode == 0, said


# Its customers are the tests': each has one of them to itself, whatever their order.
@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = start(tmp_path_factory.mktemp("demo"))
    yield running
    stop(running)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 1440, "height": 900}) as context:
        context.set_default_timeout(SOON)
        yield context


def log_in(context: BrowserContext, demo: Demo, name: str, address: str = "") -> Page:
    page = context.new_page()
    page.goto(address or demo.helpdesk)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()
    return page


def picture(page: Page, name: str) -> None:
    """Keep what it looks like, light and dark, on a desk and on a phone."""
    SCREENSHOTS.mkdir(exist_ok=True)
    size = page.viewport_size
    assert size is not None
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}.png")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=SCREENSHOTS / f"{name}-phone.png")
    page.set_viewport_size(size)


def reload_until(page: Page, holds: Callable[[], bool]) -> None:
    """Pages of the admin do not change by themselves."""
    for _ in range(SOON // 500):
        if holds():
            return
        page.wait_for_timeout(500)
        page.reload()
    assert holds()


def begin(messenger: Page | FrameLocator, customer: str, text: str) -> None:
    messenger.get_by_role("button", name=customer).click()
    messenger.get_by_role("button", name="Send us a message").click()
    write(messenger, text)


def write(messenger: Page | FrameLocator, text: str) -> None:
    messenger.get_by_label("Your message").fill(text)
    messenger.get_by_role("button", name="Send", exact=True).click()


def row(inbox: Page, customer: str) -> Locator:
    return inbox.locator(".row", has_text=customer)


def test_a_customer_asks_fin_and_then_a_person(demo: Demo, context: BrowserContext) -> None:
    agent = log_in(context, demo, "sarah")
    messenger = context.new_page()
    messenger.goto(demo.messenger)

    # Fin answers what it knows; what it does stands in the helpdesk.
    begin(messenger, "Nora Lindgren", "Where are my invoices?")
    said = messenger.get_by_role("log", name="Messages")
    expect(said).to_contain_text("Billing", timeout=SOON)
    nora = row(agent, "Nora Lindgren")
    expect(nora).to_contain_text("Fin", timeout=SOON)
    expect(nora.locator(".holder")).to_have_text("Fin", timeout=SOON)
    expect(nora).to_contain_text("invoices", timeout=SOON)
    picture(agent, "demo-1-fin-answers")

    # It hands over when it is asked to.
    write(messenger, "I want to talk to a person")
    expect(nora.locator(".holder")).to_have_text("Unassigned", timeout=SOON)

    # The customer sees that somebody is typing, for a while.
    nora.click()
    expect(agent.get_by_label("Assignee").locator("option:checked")).to_have_text("Unassigned")
    text = agent.get_by_label("Your message")
    text.press_sequentially("Hello Nora, let me look")
    typing = messenger.get_by_text("Sarah is typing")
    expect(typing).to_be_visible(timeout=SOON)
    messenger.screenshot(path=SCREENSHOTS / "demo-2-typing.png")
    expect(typing).to_be_hidden(timeout=SOON)

    # What the agent sends arrives, with its file.
    upload = FilePayload(name="invoice.txt", mimeType="text/plain", buffer=b"42 euros")
    agent.locator("input[type=file]").set_input_files(upload)
    agent.get_by_role("button", name="Send", exact=True).click()
    expect(said).to_contain_text("Hello Nora, let me look", timeout=SOON)
    expect(agent.get_by_label("Assignee").locator("option:checked")).to_have_text(
        "Sarah Lindqvist", timeout=SOON
    )
    link = messenger.get_by_role("link", name="invoice.txt")
    address = link.get_attribute("href")
    assert address is not None
    assert context.request.get(address).body() == b"42 euros"

    # A private note never does; nor does it make the customer wait for words.
    agent.get_by_text("Private note").click()
    text.press_sequentially("She has paid twice")
    agent.get_by_role("button", name="Save note").click()
    expect(agent.locator(".message.note")).to_contain_text("She has paid twice")
    agent.get_by_text("Reply", exact=True).click()
    text.fill("All is well now")
    agent.get_by_role("button", name="Send", exact=True).click()
    expect(said).to_contain_text("All is well now", timeout=SOON)
    expect(said).not_to_contain_text("paid twice")

    # Other changes travel the same way.
    agent.get_by_label("Title").fill("Nora paid twice")
    agent.get_by_label("Title").press("Enter")
    agent.get_by_label("Status").select_option("Solved")
    expect(messenger.locator("#status")).to_have_text("resolved", timeout=SOON)
    messenger.get_by_role("button", name="Back").click()
    expect(messenger.get_by_text("Nora paid twice")).to_be_visible(timeout=SOON)
    picture(agent, "demo-3-ticket")

    # And Fin has found nothing wrong with any of it.
    expect(messenger.locator("#verdict")).to_contain_text("keeps to its contract")


def test_the_messenger_stands_beside_the_ticket(demo: Demo, context: BrowserContext) -> None:
    # By number: to a browser another site than the Messenger's, to which it is led.
    agent = log_in(context, demo, "marco", demo.helpdesk.replace("localhost", "127.0.0.1"))
    assert agent.url.startswith(demo.helpdesk)
    beside = agent.frame_locator("#messenger iframe")
    begin(beside, "Yuki Tanabe", "I forgot my password")
    expect(beside.get_by_role("log", name="Messages")).to_contain_text("password", timeout=SOON)
    row(agent, "Yuki Tanabe").click()
    expect(agent.locator("#timeline")).to_contain_text("Forgot password", timeout=SOON)
    # Another page of the agent's, the same conversation of the customer's.
    expect(beside.get_by_role("log", name="Messages")).to_contain_text("password", timeout=SOON)

    agent.get_by_label("Your message").press_sequentially("I can help, too")
    expect(beside.get_by_text("Marco is typing")).to_be_visible(timeout=SOON)
    picture(agent, "demo-4-beside")


def test_the_delivery_log_has_all_of_it(demo: Demo, context: BrowserContext) -> None:
    messenger = context.new_page()
    messenger.goto(demo.messenger)
    begin(messenger, "Daniel Osei", "I want to talk to a person")
    agent = log_in(context, demo, "sarah")
    expect(row(agent, "Daniel Osei").locator(".holder")).to_have_text("Unassigned", timeout=SOON)
    row(agent, "Daniel Osei").click()
    conversation = agent.url.rstrip("/").rpartition("/")[2]
    agent.get_by_label("Your message").fill("Good morning")
    agent.get_by_role("button", name="Send", exact=True).click()
    expect(messenger.get_by_role("log", name="Messages")).to_contain_text(
        "Good morning", timeout=SOON
    )

    agent.goto(f"{demo.helpdesk}/admin/fin_bridge/event/?q={conversation}")
    expect(agent.locator("#result_list")).to_contain_text(re.compile("sent", re.IGNORECASE))
    picture(agent, "demo-5-log")
    agent.locator("#result_list th a").first.click()
    expect(agent.locator(".fin-timeline")).to_contain_text("get_messages")
    picture(agent, "demo-6-event")


def test_the_operator_sees_at_a_glance_how_fin_is_doing(
    demo: Demo, context: BrowserContext
) -> None:
    messenger = context.new_page()
    messenger.goto(demo.messenger)
    begin(messenger, "Amira Haddad", "I want to talk to a person")
    agent = log_in(context, demo, "sarah")
    expect(row(agent, "Amira Haddad").locator(".holder")).to_have_text("Unassigned", timeout=SOON)
    ticket = row(agent, "Amira Haddad").get_attribute("href")
    assert ticket is not None

    agent.goto(f"{demo.helpdesk}/admin/fin_bridge/")
    agent.get_by_role("link", name="does Fin get the changes").click()
    verdict = agent.locator(".fin-verdict")
    reload_until(agent, lambda: "well" in verdict.inner_text())  # beat has just been started
    expect(agent.get_by_role("img", name="Last 24 hours")).to_be_visible()
    picture(agent, "demo-7-overview")
    agent.get_by_role("link", name="the oldest for").last.click()
    number = agent.locator(".field-conversation_id").get_by_text(ticket.split("/")[2], exact=True)
    waiting = agent.locator("#result_list tr", has=number)  # other customers wait here as well
    expect(waiting).to_contain_text("unanswered for")
    picture(agent, "demo-8-handovers")

    agent.goto(f"{demo.helpdesk}{ticket}")
    expect(agent.locator("#traffic")).to_contain_text("Fin updated the ticket", timeout=SOON)
    agent.get_by_label("Your message").fill("How can I help?")
    agent.get_by_role("button", name="Send", exact=True).click()
    told_and_pulled = re.compile("pulled its messages.*Sent to Fin", re.DOTALL)
    pulled = agent.locator("#traffic", has_text=told_and_pulled)
    expect(pulled).to_be_visible(timeout=SOON)
    picture(agent, "demo-9-traffic")
    agent.goto(f"{demo.helpdesk}/admin/fin_bridge/conversationstate/?handover=unanswered")
    expect(agent.locator("#changelist")).to_be_visible()
    reload_until(agent, lambda: waiting.count() == 0)  # the next sweep sees the answer


def test_it_starts_again_on_the_same_data(tmp_path: Path) -> None:
    for _ in range(2):
        demo = start(tmp_path)
        stop(demo)
        for address in (demo.helpdesk, demo.messenger):
            port = int(address.rpartition(":")[2])
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()


def test_it_stops_when_a_part_of_it_dies(tmp_path: Path) -> None:
    demo = start(tmp_path)
    [worker] = (
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and is_child(folder, demo.process.pid, b"--hostname=worker@demo")
    )
    os.kill(worker, signal.SIGKILL)
    said, _ = demo.process.communicate(timeout=30)

    assert demo.process.returncode == 1
    assert "worker ended (code -9), so the demo stops" in said


def is_child(folder: Path, parent: int, argument: bytes) -> bool:
    try:
        ppid = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        return ppid == parent and argument in (folder / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
