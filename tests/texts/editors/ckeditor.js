import {
  BlockQuote, Bold, ClassicEditor, Code, CodeBlock, Essentials, Heading, HorizontalLine, Image,
  ImageCaption, ImageInsertViaUrl, Italic, Link, List, ListProperties, MediaEmbed, Paragraph,
  Strikethrough, Subscript, Superscript, Table, TableCaption, TodoList, Underline,
} from "ckeditor5";

const ckeditor = await ClassicEditor.create(document.querySelector("#place"), {
  licenseKey: "GPL",
  plugins: [
    BlockQuote, Bold, Code, CodeBlock, Essentials, Heading, HorizontalLine, Image, ImageCaption,
    ImageInsertViaUrl, Italic, Link, List, ListProperties, MediaEmbed, Paragraph, Strikethrough,
    Subscript, Superscript, Table, TableCaption, TodoList, Underline,
  ],
  heading: { options: [1, 2, 3].map((level) => (
    { model: `heading${level}`, view: `h${level}`, title: `Heading ${level}` }
  )).concat({ model: "paragraph", title: "Paragraph" }) },
  list: { properties: { startIndex: true, styles: true, reversed: true } },
});
const execute = (name, options) => () => ckeditor.execute(name, options);

window.editor = {
  focus: () => ckeditor.editing.view.focus(),
  html: () => ckeditor.getData(),
  do: {
    heading: (level) => ckeditor.execute("heading", { value: `heading${level}` }),
    paragraph: execute("paragraph"),
    bold: execute("bold"),
    italic: execute("italic"),
    underline: execute("underline"),
    strike: execute("strikethrough"),
    sub: execute("subscript"),
    sup: execute("superscript"),
    code: execute("code"),
    bullets: execute("bulletedList"),
    numbers: execute("numberedList"),
    start: (startIndex) => ckeditor.execute("listStart", { startIndex }),
    ticks: execute("todoList"),
    tick: execute("checkTodoList", { forceValue: true }),
    untick: execute("checkTodoList", { forceValue: false }),
    indent: execute("indentList"),
    outdent: execute("outdentList"),
    quote: execute("blockQuote"),
    codeblock: execute("codeBlock", { language: "plaintext" }),
    table: (rows, columns) => ckeditor.execute("insertTable", { rows, columns, headingRows: 1 }),
    link: (address) => ckeditor.execute("link", address),
    picture: (source, alt, caption) => {
      ckeditor.execute("insertImage", { source: { src: source, alt } });
      ckeditor.execute("toggleImageCaption", { focusCaptionOnShow: true });
    },
    captioned: (caption) => ckeditor.model.change((writer) => (
      ckeditor.model.insertContent(writer.createText(caption))
    )),
    video: (address) => ckeditor.execute("mediaEmbed", address),
    rule: execute("horizontalLine"),
  },
};
