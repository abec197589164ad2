#!/bin/sh
# Froala 5.4.0 (npm: froala-editor), Chromium; 2026-11-30
#
# Expected: who indents an item of a numbered list and clicks on bullets gets bullets.
# What happens: indenting gives the nested list letters, by a style of its own, and the click on
# bullets changes the tag alone. What is stored is a <ul> that every browser shows as a., b.
# Who goes by the tag shows bullets where the writer saw letters.
#
# Seen: <ol><li>Open it<ul style="list-style-type: lower-alpha;"><li>Tray A</li></ul></li></ol>
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --ignore-scripts --no-audit --no-fund froala-editor@5.4.0 \
    playwright-core@1.65.1

cat > run.js <<'END'
const { chromium } = require("playwright-core");
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => require("fs").existsSync(path));
(async () => {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.route("**/*", (route) => route.fulfill({
    contentType: "text/html", body: '<!doctype html><div id="editor"></div>',
  }));
  await page.goto("http://froala.localhost/");
  for (const path of ["froala_editor.min", "plugins.pkgd.min"]) {
    await page.addScriptTag({ path: `node_modules/froala-editor/js/${path}.js` });
  }
  await page.evaluate(() => new Promise((resolve) => {
    window.froala = new FroalaEditor("#editor", {}, () => resolve());
  }));
  await page.evaluate(() => { froala.events.focus(); });
  await page.waitForTimeout(200);
  await page.evaluate(() => { froala.commands.exec("formatOL"); });
  await page.keyboard.type("Open it");
  await page.keyboard.press("Enter");
  await page.evaluate(() => { froala.commands.exec("indent"); });
  await page.evaluate(() => { froala.commands.exec("formatUL"); });
  await page.keyboard.type("Tray A");
  await page.waitForTimeout(200);
  const seen = await page.evaluate(() => froala.html.get().replace(/<p data-f-id.*/s, ""));
  console.log(seen);
  await browser.close();
})();
END
seen=$(node run.js)

printf '%s\n' "$seen"
case $seen in
    *'<ul style="list-style-type: lower-alpha;"><li>Tray A</li></ul>'*) ;;
    *) echo "It behaves otherwise now." >&2; exit 1 ;;
esac
