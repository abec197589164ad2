"""Secrets that are made up once and kept, so that nobody has to invent any to see the demo."""

import json
import os
import secrets
import tempfile
from pathlib import Path


def load_or_make(path: Path) -> dict[str, str]:
    """Return the secrets in `path`, a file that only its owner may read; make it first if need be.

    Several processes may come here at once on a first start: all get what the first wrote.
    """
    if not path.exists():
        _write_unless_there(path, json.dumps(_invent(), indent=2))
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def _invent() -> dict[str, str]:
    return {
        "secret_key": secrets.token_urlsafe(50),
        "integration_id": f"demo-{secrets.token_hex(4)}",
        "webhook_key": secrets.token_urlsafe(32),
        "signing_key": secrets.token_urlsafe(32),
        "client_id": f"fin-{secrets.token_hex(8)}",
        "client_secret": secrets.token_urlsafe(48),
    }


def _write_unless_there(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A temporary file has mode 0600 from the start; link() is atomic and never overwrites.
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:
        file.write(content)
        file.flush()
        try:
            os.link(file.name, path)
        except FileExistsError:
            return
