import tinymce from "tinymce";
import "tinymce/icons/default";
import "tinymce/models/dom";
import "tinymce/plugins/image";
import "tinymce/plugins/link";
import "tinymce/plugins/lists";
import "tinymce/plugins/media";
import "tinymce/plugins/table";
import "tinymce/themes/silver";

const [tiny] = await tinymce.init({
  selector: "#place",
  license_key: "gpl",
  skin: false,
  content_css: false,
  plugins: "image link lists media table",
  image_caption: true,
});
const execute = (name, value) => () => tiny.execCommand(name, false, value);

window.editor = {
  focus: () => tiny.focus(),
  html: () => tiny.getContent(),
  do: {
    heading: (level) => tiny.execCommand("FormatBlock", false, `h${level}`),
    paragraph: execute("FormatBlock", "p"),
    bold: execute("Bold"),
    italic: execute("Italic"),
    underline: execute("Underline"),
    strike: execute("Strikethrough"),
    sub: execute("Subscript"),
    sup: execute("Superscript"),
    code: execute("mceToggleFormat", "code"),
    bullets: execute("InsertUnorderedList"),
    numbers: execute("InsertOrderedList"),
    start: (start) => tiny.execCommand("mceListUpdate", false, { attrs: { start: `${start}` } }),
    indent: execute("Indent"),
    outdent: execute("Outdent"),
    quote: execute("mceBlockQuote"),
    codeblock: execute("FormatBlock", "pre"),
    table: (rows, columns) => tiny.execCommand(
      "mceInsertTable", false, { rows, columns, options: { headerRows: 1 } },
    ),
    link: (href) => tiny.execCommand("mceInsertLink", false, { href }),
    picture: (src, alt) => tiny.execCommand("mceUpdateImage", false, { src, alt, caption: true }),
    captioned: (caption) => {
      tiny.getBody().querySelector("figcaption").textContent = caption;
    },
    video: (address, embedded) => tiny.insertContent(
      `<iframe src="${embedded}" width="560" height="314" allowfullscreen="allowfullscreen"></iframe>`,
    ),
    rule: execute("InsertHorizontalRule"),
  },
};
