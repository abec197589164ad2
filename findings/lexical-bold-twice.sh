#!/bin/sh
# Lexical 0.52.0 (npm) and markdownify 1.2.3 (PyPI), Chromium; 2026-11-30
#
# Expected: bold text is exported in one element, and converters to Markdown make **bold** of it.
# What happens: it is exported in two, <b> around <strong>, and italic in <i> around <em>. markdownify
# marks each, which gives four asterisks: Markdown reads them as text, not as bold.
#
# Seen:
# <p><b><strong style="white-space: pre-wrap;">OK</strong></b></p>
# ****OK****
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --ignore-scripts --no-audit --no-fund lexical@0.52.0 \
    @lexical/list@0.52.0 \
    @lexical/html@0.52.0 \
    esbuild@0.28.2 \
    playwright-core@1.65.1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check markdownify==1.2.3

cat > page.js <<'END'
import { $generateHtmlFromNodes } from "@lexical/html";
import { $createListItemNode, $createListNode, ListItemNode, ListNode } from "@lexical/list";
import { $createParagraphNode, $createTextNode, $getRoot, createEditor } from "lexical";
const editor = createEditor({ nodes: [ListItemNode, ListNode], onError: (error) => { throw error; } });
editor.update(() => {
  $getRoot().append($createParagraphNode().append($createTextNode("OK").toggleFormat("bold")));
}, { discrete: true });
window.seen = editor.read(() => $generateHtmlFromNodes(editor));
END
node_modules/.bin/esbuild page.js --bundle --format=iife --outfile=made.js --log-level=error
cat > run.js <<'END'
const { chromium } = require("playwright-core");
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => require("fs").existsSync(path));
(async () => {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.setContent('<p></p>');
  await page.addScriptTag({ path: "made.js" });
  const seen = await page.evaluate(() => window.seen);
  console.log(seen);
  await browser.close();
})();
END
seen=$(node run.js)
markdown=$(printf '%s' "$seen" | venv/bin/python -c \
    'import sys, markdownify; print(markdownify.markdownify(sys.stdin.read()).strip())')
printf '%s\n' "$markdown"
[ "$markdown" = "****OK****" ] || { echo "It behaves otherwise now." >&2; exit 1; }

printf '%s\n' "$seen"
case $seen in
    *"<b><strong"*">OK</strong></b>"*) ;;
    *) echo "It behaves otherwise now." >&2; exit 1 ;;
esac
