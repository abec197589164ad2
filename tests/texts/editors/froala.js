import FroalaEditor from "froala-editor";
import "froala-editor/js/plugins.pkgd.min.js";

const froala = await new Promise((resolve) => {
  const made = new FroalaEditor("#place", {}, () => resolve(made));
});
const call = (name, ...fixed) => () => froala.commands.exec(name, fixed);

window.editor = {
  froala,
  focus: () => froala.events.focus(),
  html: () => froala.html.get().replace(/<p data-f-id="pbf".*?<\/p>/s, ""),
  cannot: ["quoted_list"],
  do: {
    heading: (level) => froala.paragraphFormat.apply(`H${level}`),
    paragraph: () => froala.paragraphFormat.apply("N"),
    bold: call("bold"),
    italic: call("italic"),
    underline: call("underline"),
    strike: call("strikeThrough"),
    sub: call("subscript"),
    sup: call("superscript"),
    bullets: () => froala.commands.exec("formatUL"),
    numbers: () => froala.commands.exec("formatOL"),
    indent: call("indent"),
    outdent: call("outdent"),
    quote_all: () => {
      froala.commands.selectAll();
      froala.quote.apply("increase");
      getSelection().collapseToEnd();
    },
    codeblock: () => froala.paragraphFormat.apply("PRE"),
    table: (rows, columns) => {
      froala.table.insert(rows - 1, columns);
      document.querySelector(".fr-element td").classList.add("fr-selected-cell");
      froala.table.addHeader();
    },
    cell: (number) => {
      const cells = document.querySelectorAll(".fr-element th, .fr-element td");
      getSelection().collapse(cells[number], 0);
    },
    link: (address) => froala.link.insert(address, froala.selection.text()),
    picture: (address, alt) => new Promise((resolve) => {
      froala.events.on("image.inserted", (image) => { image.attr("alt", alt); resolve(); });
      froala.image.insert(address, true);
    }),
    video: (address) => froala.video.insertByURL(address),
    rule: call("insertHR"),
  },
};
