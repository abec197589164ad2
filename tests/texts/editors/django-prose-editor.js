import {
  Blockquote, Bold, BulletList, Caption, Code, CodeBlock, Document, Figure, HardBreak, Heading,
  HorizontalRule, Image, Italic, Link, ListItem, OrderedList, Paragraph, Strike, Subscript,
  Superscript, Table, TableCell, TableHeader, TableRow, Text, Underline, createTextareaEditor,
} from "django-prose-editor/editor";

const textarea = document.createElement("textarea");
document.querySelector("#place").append(textarea);
const prose = createTextareaEditor(textarea, [
  Blockquote, Bold, BulletList, Caption, Code, CodeBlock, Document, Figure, HardBreak, Heading,
  HorizontalRule, Image, Italic, Link, ListItem, OrderedList, Paragraph, Strike, Subscript,
  Superscript, Table, TableCell, TableHeader, TableRow, Text, Underline,
]);
const run = (command, ...values) => prose.chain().focus()[command](...values).run();
const make = (command, ...fixed) => () => run(command, ...fixed);

window.editor = {
  focus: () => prose.commands.focus(),
  html: () => textarea.value,
  do: {
    heading: (level) => run("setHeading", { level }),
    paragraph: make("setParagraph"),
    bold: make("toggleBold"),
    italic: make("toggleItalic"),
    underline: make("toggleUnderline"),
    strike: make("toggleStrike"),
    sub: make("toggleSubscript"),
    sup: make("toggleSuperscript"),
    code: make("toggleCode"),
    bullets: make("toggleBulletList"),
    numbers: make("toggleOrderedList"),
    start: (start) => run("updateAttributes", "orderedList", { start }),
    indent: make("sinkListItem", "listItem"),
    outdent: make("liftListItem", "listItem"),
    quote: make("setBlockquote"),
    codeblock: make("setCodeBlock"),
    table: (rows, cols) => run("insertTable", { rows, cols, withHeaderRow: true }),
    link: (href) => run("setLink", { href }),
    picture: (src, alt, caption) => run("insertContent", {
      type: "figure",
      content: [
        { type: "image", attrs: { src, alt } },
        { type: "caption", content: [{ type: "text", text: caption }] },
      ],
    }),
    captioned: () => undefined,
    rule: make("setHorizontalRule"),
  },
};
