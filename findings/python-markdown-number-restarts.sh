#!/bin/sh
# Markdown 3.11.3 and markdown-it-py 4.3.0 (PyPI); 2026-11-30
#
# Expected: "3. Start it" after a paragraph that interrupts a list is step 3, in each renderer of
# Markdown, and with the extension "extra" no less.
# What happens: Python-Markdown leaves the number out, so a browser shows 1. Its extension
# sane_lists, which is not part of "extra", keeps it; CommonMark always does.
#
# Seen:
# Markdown, extra:      <ol><li>Start it</li></ol>
# Markdown, sane_lists: <ol start="3"><li>Start it</li></ol>
# markdown-it-py:       <ol start="3"><li>Start it</li></ol>
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check Markdown==3.11.3 markdown-it-py==4.3.0
seen=$(venv/bin/python - <<'END'
import markdown, markdown_it
text = "1. Stop it\n2. Wait\n\nIt beeps twice.\n\n3. Start it"
def last(made):
    return "<ol" + made.replace("\n", "").rpartition("<ol")[2]
print("Markdown, extra:", last(markdown.markdown(text, extensions=["extra"])))
print("Markdown, sane_lists:", last(markdown.markdown(text, extensions=["extra", "sane_lists"])))
print("markdown-it-py:", last(markdown_it.MarkdownIt().render(text)))
END
)

printf '%s\n' "$seen"
case $seen in
    "Markdown, extra: <ol><li>Start it</li></ol>"*'sane_lists: <ol start="3">'*'it-py: <ol start="3">'*) ;;
    *) echo "It behaves otherwise now." >&2; exit 1 ;;
esac
