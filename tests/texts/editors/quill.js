import Quill from "quill";

const quill = new Quill("#place", { theme: "snow", modules: { table: true, toolbar: false } });
const toggle = (name, on = true) => () => {
  quill.focus();
  quill.format(name, quill.getFormat()[name] === on ? false : on, "user");
};
const insert = (kind, value) => {
  const place = quill.getSelection(true).index;
  quill.insertEmbed(place, kind, value, "user");
  quill.setSelection(place + 1, 0);
};

window.editor = {
  focus: () => quill.focus(),
  html: () => (location.hash === "#semantic" ? quill.getSemanticHTML() : quill.root.innerHTML),
  cannot: ["quoted_list"],
  do: {
    heading: (level) => quill.format("header", level, "user"),
    paragraph: () => ["header", "list", "blockquote", "code-block", "indent"]
      .forEach((name) => quill.format(name, false, "user")),
    bold: toggle("bold"),
    italic: toggle("italic"),
    underline: toggle("underline"),
    strike: toggle("strike"),
    sub: toggle("script", "sub"),
    sup: toggle("script", "super"),
    code: toggle("code"),
    bullets: () => quill.format("list", "bullet", "user"),
    numbers: () => quill.format("list", "ordered", "user"),
    renumber: () => quill.format("list", "ordered", "user"),
    ticks: () => quill.format("list", "unchecked", "user"),
    tick: () => quill.format("list", "checked", "user"),
    indent: () => quill.format("indent", "+1", "user"),
    outdent: () => quill.format("indent", "-1", "user"),
    quote: () => quill.format("blockquote", true, "user"),
    codeblock: () => quill.format("code-block", true, "user"),
    table: (rows, columns) => quill.getModule("table").insertTable(rows, columns),
    link: (address) => quill.format("link", address, "user"),
    picture: (address) => insert("image", address),
    video: (address, embedded) => insert("video", embedded),
  },
};
