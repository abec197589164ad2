#!/bin/sh
# mistune 3.4.0 (PyPI), 2026-11-30
#
# Expected: a character reference in Markdown (`&#65;`, `&amp;`, `&copy;`) is the character that it
# stands for, as CommonMark says, whether or not the renderer lets HTML through.
# What happens: with `escape=True`, the default of `create_markdown`, no reference is read: its
# `&` is shown as text. With `escape=False` references are read. Who writes Markdown that mistune is
# to show has to know which of the two it is; backslashes work in both.
#
# Output seen:
#   escape=True  <p>&amp;#65; &amp;copy; *</p>
#   escape=False <p>A © *</p>
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mistune==3.4.0'
"$folder/venv/bin/python" - <<'PYTHON'
from mistune import create_markdown

shown = {escape: create_markdown(escape=escape)(r"&#65; &copy; \*").strip() for escape in (True, False)}
for escape, html in shown.items():
    print(f"escape={escape!s:5} {html}")
assert shown == {True: "<p>&amp;#65; &amp;copy; *</p>", False: "<p>A © *</p>"}
PYTHON
