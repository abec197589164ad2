#!/bin/sh
# Quill 2.0.3 (npm: quill), Chromium; 2026-11-30
#
# Expected: a bulleted list is <ul>, a numbered one <ol>, a nested one a list in an item.
# What happens: every list is an <ol>. Whether an item is numbered, bulleted or ticked is in its
# attribute data-list, how deep it stands in a class, and the empty span is where Quill's style
# sheet draws the bullet. Without that style sheet bullets are read as numbers, ticks vanish, and
# items that were nested are counted on.
#
# Seen:
# <ol><li data-list="ordered">Open it</li><li data-list="bullet" class="ql-indent-1">Tray A</li>
# <li data-list="checked">Done</li></ol>   (each item begins with <span class="ql-ui" ...></span>)
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --ignore-scripts --no-audit --no-fund quill@2.0.3 \
    playwright-core@1.65.1

cat > run.js <<'END'
const { chromium } = require("playwright-core");
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => require("fs").existsSync(path));
(async () => {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.setContent('<div id="editor"></div>');
  await page.addScriptTag({ path: "node_modules/quill/dist/quill.js" });
  const seen = await page.evaluate(() => {
    const quill = new Quill("#editor");
    quill.setContents([
      { insert: "Open it" }, { insert: "\n", attributes: { list: "ordered" } },
      { insert: "Tray A" }, { insert: "\n", attributes: { list: "bullet", indent: 1 } },
      { insert: "Done" }, { insert: "\n", attributes: { list: "checked" } },
    ]);
    return quill.root.innerHTML;
  });
  console.log(seen);
  await browser.close();
})();
END
seen=$(node run.js)

printf '%s\n' "$seen"
case $seen in
    "<ol><li data-list="*'data-list="bullet" class="ql-indent-1"'*'data-list="checked"'*"</li></ol>") ;;
    *) echo "It behaves otherwise now." >&2; exit 1 ;;
esac
