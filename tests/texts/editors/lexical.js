import { $createCodeNode, CodeHighlightNode, CodeNode } from "@lexical/code";
import { $generateHtmlFromNodes } from "@lexical/html";
import { $toggleLink, LinkNode } from "@lexical/link";
import {
  $createListItemNode, $createListNode, INSERT_CHECK_LIST_COMMAND, INSERT_ORDERED_LIST_COMMAND,
  INSERT_UNORDERED_LIST_COMMAND, ListItemNode, ListNode, registerCheckList, registerList,
} from "@lexical/list";
import {
  $createHeadingNode, $createQuoteNode, HeadingNode, QuoteNode, registerRichText,
} from "@lexical/rich-text";
import { $setBlocksType } from "@lexical/selection";
import {
  INSERT_TABLE_COMMAND, TableCellNode, TableNode, TableRowNode, registerTablePlugin,
  registerTableSelectionObserver,
} from "@lexical/table";
import {
  $createParagraphNode, $getRoot, $getSelection, FORMAT_TEXT_COMMAND, INDENT_CONTENT_COMMAND,
  OUTDENT_CONTENT_COMMAND, createEditor,
} from "lexical";

const lexical = createEditor({
  namespace: "corpus",
  nodes: [
    CodeHighlightNode, CodeNode, HeadingNode, LinkNode, ListItemNode, ListNode, QuoteNode,
    TableCellNode, TableNode, TableRowNode,
  ],
  onError: (error) => { throw error; },
});
const place = document.querySelector("#place");
place.contentEditable = "true";
lexical.setRootElement(place);
[registerRichText, registerList, registerCheckList, registerTablePlugin,
  registerTableSelectionObserver].forEach((register) => register(lexical));

const change = (action) => new Promise((resolve) => {
  lexical.update(action, { onUpdate: resolve, discrete: true });
});
await change(() => $getRoot().append($createParagraphNode()));
const send = (command, value) => () => { lexical.dispatchCommand(command, value); };
const block = (make) => change(() => $setBlocksType($getSelection(), make));
const item = () => {
  const node = $getSelection().anchor.getNode();
  return [node, ...node.getParents()].find((parent) => parent instanceof ListItemNode);
};

window.editor = {
  focus: () => lexical.focus(),
  html: () => lexical.getEditorState().read(() => $generateHtmlFromNodes(lexical), { editor: lexical }),
  cannot: ["quoted_list"],
  soft: ["quote"],
  do: {
    heading: (level) => block(() => $createHeadingNode(`h${level}`)),
    paragraph: () => block(() => $createParagraphNode()),
    bold: send(FORMAT_TEXT_COMMAND, "bold"),
    italic: send(FORMAT_TEXT_COMMAND, "italic"),
    underline: send(FORMAT_TEXT_COMMAND, "underline"),
    strike: send(FORMAT_TEXT_COMMAND, "strikethrough"),
    sub: send(FORMAT_TEXT_COMMAND, "subscript"),
    sup: send(FORMAT_TEXT_COMMAND, "superscript"),
    code: send(FORMAT_TEXT_COMMAND, "code"),
    bullets: send(INSERT_UNORDERED_LIST_COMMAND),
    numbers: send(INSERT_ORDERED_LIST_COMMAND),
    start: (start) => change(() => {
      const list = item().getParent();
      const next = $createListNode("number", start);
      list.getChildren().forEach((child) => next.append(child));
      list.replace(next);
    }),
    ticks: send(INSERT_CHECK_LIST_COMMAND),
    tick: () => change(() => item().setChecked(true)),
    untick: () => change(() => item().setChecked(false)),
    indent: send(INDENT_CONTENT_COMMAND),
    outdent: send(OUTDENT_CONTENT_COMMAND),
    quote: () => block(() => $createQuoteNode()),
    codeblock: () => block(() => $createCodeNode()),
    table: (rows, columns) => send(INSERT_TABLE_COMMAND, {
      rows: `${rows}`, columns: `${columns}`, includeHeaders: { rows: true, columns: false },
    })(),
    link: (address) => change(() => $toggleLink(address)),
  },
};
