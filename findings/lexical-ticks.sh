#!/bin/sh
# Lexical 0.52.0 (npm: lexical, @lexical/list, @lexical/html), Chromium; 2026-11-30
#
# Expected: the exported HTML of a check list shows which items are ticked, by checkboxes or a sign.
# What happens: the items differ in the attribute aria-checked alone. There is no checkbox, no sign
# and no class of a style; a mail or a page that shows this HTML has two bullets. (Tiptap and
# CKEditor write real checkboxes, Quill an attribute data-list: no two of them agree.)
#
# Seen: <ul __lexicallisttype="check"><li role="checkbox" tabindex="-1" aria-checked="true" value="1">
# <span style="white-space: pre-wrap;">In</span></li><li ... aria-checked="false" value="2">...
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --ignore-scripts --no-audit --no-fund lexical@0.52.0 \
    @lexical/list@0.52.0 \
    @lexical/html@0.52.0 \
    esbuild@0.28.2 \
    playwright-core@1.65.1

cat > page.js <<'END'
import { $generateHtmlFromNodes } from "@lexical/html";
import { $createListItemNode, $createListNode, ListItemNode, ListNode } from "@lexical/list";
import { $createParagraphNode, $createTextNode, $getRoot, createEditor } from "lexical";
const editor = createEditor({ nodes: [ListItemNode, ListNode], onError: (error) => { throw error; } });
editor.update(() => {
  const list = $createListNode("check");
  list.append($createListItemNode(true).append($createTextNode("In")));
  list.append($createListItemNode(false).append($createTextNode("Out")));
  $getRoot().append(list);
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

printf '%s\n' "$seen"
case $seen in
    *"<input"* | *"["*) echo "Ticks are shown now." >&2; exit 1 ;;
    *'aria-checked="true"'*">In<"*'aria-checked="false"'*">Out<"*) ;;
    *) echo "It behaves otherwise now." >&2; exit 1 ;;
esac
