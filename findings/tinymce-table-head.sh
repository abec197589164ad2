#!/bin/sh
# TinyMCE 8.9.2 (npm: tinymce), Chromium; 2026-11-30
#
# Expected: a table that is inserted with a row of headings has <th> cells in it.
# What happens: the row stands in <thead>, and its cells are plain <td>. Who looks for <th> finds no
# headings in any table of TinyMCE's, and who takes <td> for a value reads the headings as one.
#
# Seen (styles left out): <thead><tr><td>&nbsp;</td><td>&nbsp;</td></tr></thead><tbody><tr><td>...
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --ignore-scripts --no-audit --no-fund tinymce@8.9.2 \
    playwright-core@1.65.1

cat > run.js <<'END'
const { chromium } = require("playwright-core");
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => require("fs").existsSync(path));
(async () => {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.setContent('<!doctype html><textarea id="editor"></textarea>');
  for (const path of ["tinymce", "icons/default/icons", "models/dom/model", "themes/silver/theme",
    "plugins/table/plugin"]) {
    await page.addScriptTag({ path: `node_modules/tinymce/${path}.js` });
  }
  const seen = await page.evaluate(async () => {
    const [editor] = await tinymce.init({
      selector: "#editor", license_key: "gpl", skin: false, content_css: false, plugins: "table",
    });
    editor.execCommand("mceInsertTable", false, {
      rows: 2, columns: 2, options: { headerRows: 1 },
    });
    return editor.getContent().replace(/\s*\n\s*/g, "");
  });
  console.log(seen);
  await browser.close();
})();
END
seen=$(node run.js)

printf '%s\n' "$seen"
case $seen in
    *"<th>"* | *"<th "*) echo "Headings are <th> now." >&2; exit 1 ;;
    *"<thead><tr><td>&nbsp;</td><td>&nbsp;</td></tr></thead>"*) ;;
    *) echo "It behaves otherwise now." >&2; exit 1 ;;
esac
