import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from helpdesk_demo.secrets_file import load_or_make


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secrets.json"

    made = load_or_make(path)

    assert load_or_make(path) == made
    assert len(set(made.values())) == len(made)


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    load_or_make(tmp_path / "secrets.json")

    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secrets.json"]


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(load_or_make, [tmp_path / "secrets.json"] * 32))

    assert all(each == made[0] for each in made)
