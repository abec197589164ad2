import Code from "@editorjs/code";
import Delimiter from "@editorjs/delimiter";
import EditorJS from "@editorjs/editorjs";
import Embed from "@editorjs/embed";
import Header from "@editorjs/header";
import Image from "@editorjs/image";
import InlineCode from "@editorjs/inline-code";
import List from "@editorjs/list";
import Quote from "@editorjs/quote";
import Table from "@editorjs/table";
import Underline from "@editorjs/underline";
import parser from "editorjs-html";

const editorjs = new EditorJS({
  holder: "place",
  tools: {
    code: Code, delimiter: Delimiter, embed: Embed, header: Header, image: Image,
    inlineCode: InlineCode, list: { class: List, inlineToolbar: true }, quote: Quote, table: Table,
    underline: Underline,
  },
});
await editorjs.isReady;

window.editor = {
  blocks: true,
  cannot: ["quoted_list", "scripts", "struck", "table"],
  focus: () => editorjs.focus(),
  write: (blocks) => editorjs.render({ blocks }),
  html: async () => {
    const made = parser({}, { strict: false }).parse(await editorjs.save());
    return Array.isArray(made) ? made.join("\n") : made;
  },
  do: {},
};
