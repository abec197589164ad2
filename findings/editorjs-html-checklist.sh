#!/bin/sh
# editorjs-html 4.0.5 (npm), with a list of @editorjs/list 2.0.9; 2026-11-30
#
# Expected: the usual renderer of Editor.js's blocks shows a list of ticks with its ticks, a
# numbered list that begins at 3 from 3, and a delimiter as a rule.
# What happens: a checklist is an <ol>, so that "done" and "open" become 1 and 2; the number that a
# list begins with is left out; and a delimiter is one line break.
#
# Seen:
# <ol><li>Paper is in</li><li>Cable is in</li></ol>
# <ol><li>Start it</li></ol>
# <br/>
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --ignore-scripts --no-audit --no-fund editorjs-html@4.0.5

cat > run.js <<'END'
const parser = require("editorjs-html");
const item = (content, meta) => ({ content, meta, items: [] });
const list = (style, meta, ...items) => ({ type: "list", data: { style, meta, items } });
const blocks = [
  list("checklist", {}, item("Paper is in", { checked: true }), item("Cable is in", { checked: false })),
  list("ordered", { start: 3 }, item("Start it", {})),
  { type: "delimiter", data: {} },
];
const made = (parser.default || parser)().parse({ blocks });
console.log(Array.isArray(made) ? made.join("") : made);
END
seen=$(node run.js)

printf '%s\n' "$seen"
case $seen in
    "<ol><li>Paper is in</li><li>Cable is in</li></ol><ol><li>Start it</li></ol><br/>") ;;
    *) echo "It behaves otherwise now." >&2; exit 1 ;;
esac
