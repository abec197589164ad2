import { Editor } from "@tiptap/core";
import Image from "@tiptap/extension-image";
import { TaskItem, TaskList } from "@tiptap/extension-list";
import Subscript from "@tiptap/extension-subscript";
import Superscript from "@tiptap/extension-superscript";
import { TableKit } from "@tiptap/extension-table";
import Youtube from "@tiptap/extension-youtube";
import StarterKit from "@tiptap/starter-kit";

const tiptap = new Editor({
  element: document.querySelector("#place"),
  extensions: [
    StarterKit, Subscript, Superscript, TaskList, TaskItem.configure({ nested: true }), TableKit,
    Image, Youtube,
  ],
});
const run = (command, ...values) => tiptap.chain().focus()[command](...values).run();
const make = (command, ...fixed) => () => run(command, ...fixed);

window.editor = {
  focus: () => tiptap.commands.focus(),
  html: () => tiptap.getHTML(),
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
    ticks: make("toggleTaskList"),
    tick: () => run("updateAttributes", "taskItem", { checked: true }),
    untick: () => run("updateAttributes", "taskItem", { checked: false }),
    indent: make("sinkListItem", "listItem"),
    outdent: make("liftListItem", "listItem"),
    quote: make("setBlockquote"),
    codeblock: make("setCodeBlock"),
    table: (rows, cols) => run("insertTable", { rows, cols, withHeaderRow: true }),
    link: (href) => run("setLink", { href }),
    picture: (src, alt) => run("setImage", { src, alt }),
    video: (src) => run("setYoutubeVideo", { src }),
    rule: make("setHorizontalRule"),
  },
};
