#!/bin/sh
# Quill 2.0.3 (npm: quill), Chromium; 2026-11-30
#
# Expected: getSemanticHTML() is the clean HTML of what root.innerHTML shows in Quill's own markup,
# so ticks are checkboxes or something else that a reader sees, and spaces are spaces.
# What happens: every space is a no-break space (a paragraph never wraps, a search for two words
# finds nothing), and a list of ticks is torn into one <ul> for each run of ticked or open items,
# which differ in nothing but an attribute data-list.
#
# Seen:
# <p>Two&nbsp;plain&nbsp;words</p><ul><li data-list="checked">In</li></ul>
# <ul><li data-list="unchecked">Out</li></ul>
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
      { insert: "Two plain words\nIn" }, { insert: "\n", attributes: { list: "checked" } },
      { insert: "Out" }, { insert: "\n", attributes: { list: "unchecked" } },
    ]);
    return quill.getSemanticHTML();
  });
  console.log(seen);
  await browser.close();
})();
END
seen=$(node run.js)

printf '%s\n' "$seen"
case $seen in
    "<p>Two&nbsp;plain&nbsp;words</p>"*'<ul><li data-list="checked">In</li></ul><ul><li data-list="unchecked">'*) ;;
    *) echo "It behaves otherwise now." >&2; exit 1 ;;
esac
