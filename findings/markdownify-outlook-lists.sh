#!/bin/sh
# markdownify 1.2.3 with beautifulsoup4 4.15.0 (PyPI); 2026-11-30
#
# Expected: what Outlook puts around the number of an item for programs that know no lists,
# <![if !supportLists]> and <![endif]>, is markup, as it is in each browser, and is not read.
# What happens: "if !supportLists" and "endif" stand in the text of each item.
#
# Seen: if !supportLists1.endifOpen it
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check markdownify==1.2.3 beautifulsoup4==4.15.0
seen=$(venv/bin/python - <<'END'
from markdownify import markdownify
print(markdownify(
    '<p class="MsoListParagraph"><![if !supportLists]><span style="mso-list:Ignore">1.</span>'
    "<![endif]>Open it</p>"
).strip())
END
)

printf '%s\n' "$seen"
case $seen in
    *"if !supportLists1."*"endifOpen it") ;;
    *) echo "It behaves otherwise now." >&2; exit 1 ;;
esac
