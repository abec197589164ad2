import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from helpdesk_demo import supervisor as module
from helpdesk_demo.programs import Program
from helpdesk_demo.supervisor import DemoError, Supervisor

IDLE = "import threading; threading.Event().wait()"
READY = "import os, pathlib; pathlib.Path(os.environ['DEMO_READY_FILE']).touch();"


def program(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code])


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until_gone(pid: int) -> None:
    """The system takes a moment to end what was killed."""
    deadline = time.monotonic() + 5
    while is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        threading.Event().wait(0.02)


def stop_from_elsewhere() -> None:
    threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGTERM)).start()


def test_it_waits_until_all_are_ready_and_stops_when_told(tmp_path: Path) -> None:
    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(program("one", "import os;" + READY + "print(os.getpid());" + IDLE))
        supervisor.wait_until_ready()
        stop_from_elsewhere()
        with pytest.raises(KeyboardInterrupt):
            supervisor.watch()
    pid = int((tmp_path / "log" / "one.log").read_text())

    wait_until_gone(pid)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_it_says_which_program_ended_and_its_last_words(tmp_path: Path) -> None:
    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(program("one", READY + IDLE))
        supervisor.start(program("two", "import sys; print('out of luck'); sys.exit(3)"))
        with pytest.raises(DemoError, match=r"(?s)two ended \(code 3\).*out of luck"):
            supervisor.wait_until_ready()


def test_it_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0)

    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(program("one", IDLE))
        with pytest.raises(DemoError, match="one does not answer"):
            supervisor.wait_until_ready()


def test_a_stubborn_program_and_its_children_do_not_outlive_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE", 0.2)
    child = f"[{sys.executable!r}, '-c', {IDLE!r}]"
    stubborn = (
        "import signal, subprocess; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"print(os.getpid(), subprocess.Popen({child}).pid, flush=True);"
    )
    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(program("one", "import os;" + stubborn + READY + IDLE))
        supervisor.wait_until_ready()
    parent, grandchild = map(int, (tmp_path / "log" / "one.log").read_text().split())

    wait_until_gone(parent)
    wait_until_gone(grandchild)


def test_a_program_with_an_address_is_ready_when_that_answers(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = ["-m", "http.server", "--bind=127.0.0.1", str(port)]
    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(Program("web", [sys.executable, *serve], f"http://127.0.0.1:{port}"))
        supervisor.wait_until_ready()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


def run_demo(var: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "helpdesk_demo"],
        env={**os.environ, "DEMO_VAR": str(var), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def settings_of_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo is a process of its own, with settings of its own."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "helpdesk_demo.settings")


@pytest.mark.usefixtures("settings_of_the_demo")
@pytest.mark.parametrize("variable", ["PORT", "FIN_SIMULATOR_PORT"])
def test_a_taken_port_is_said_clearly(tmp_path: Path, variable: str) -> None:
    with socket.socket() as taken, socket.socket() as free:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        free.bind(("127.0.0.1", 0))
        ports = {"PORT": str(free.getsockname()[1]), variable: str(taken.getsockname()[1])}
        free.close()
        done = run_demo(tmp_path, **ports)

    assert done.returncode == 1
    assert f"Port {ports[variable]} is not free" in done.stdout
    assert f"make demo {variable}=" in done.stdout


@pytest.mark.usefixtures("settings_of_the_demo")
def test_two_demos_do_not_share_one_folder(tmp_path: Path) -> None:
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        done = run_demo(tmp_path)

    assert done.returncode == 1
    assert f"A demo is running on {tmp_path} already (process 4711)" in done.stdout
