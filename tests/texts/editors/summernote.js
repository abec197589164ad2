import $ from "jquery";
import "summernote/dist/summernote-lite.js";

const note = $("#place");
note.summernote({ airMode: false });
const call = (name, ...fixed) => (...values) => note.summernote(name, ...fixed, ...values);

window.editor = {
  focus: call("focus"),
  html: call("code"),
  cannot: ["quoted_list"],
  soft: ["quote", "code_block"],
  do: {
    heading: (level) => note.summernote(`formatH${level}`),
    paragraph: call("formatPara"),
    bold: call("bold"),
    italic: call("italic"),
    underline: call("underline"),
    strike: call("strikethrough"),
    sub: call("subscript"),
    sup: call("superscript"),
    bullets: call("insertUnorderedList"),
    numbers: call("insertOrderedList"),
    indent: call("indent"),
    outdent: call("outdent"),
    quote: call("formatBlock", "blockquote"),
    codeblock: call("formatBlock", "pre"),
    table: (rows, columns) => {
      note.summernote("insertTable", `${columns}x${rows}`);
    },
    cell: (number) => {
      getSelection().collapse(document.querySelectorAll(".note-editable td")[number], 0);
    },
    link: (url) => note.summernote("createLink", {
      url, text: getSelection().toString(), isNewWindow: true,
    }),
    picture: (address) => note.summernote("insertImage", address, "tray.png"),
    video: (address, embedded) => {
      const frame = $("<iframe>").attr({
        frameborder: 0, src: embedded, width: "640", height: "360", class: "note-video-clip",
      });
      note.summernote("insertNode", frame[0]);
    },
    rule: call("insertHorizontalRule"),
  },
};
