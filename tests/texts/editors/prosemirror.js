import { setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { exampleSetup } from "prosemirror-example-setup";
import { keymap } from "prosemirror-keymap";
import { DOMSerializer, Schema } from "prosemirror-model";
import { schema as basic } from "prosemirror-schema-basic";
import { addListNodes, liftListItem, sinkListItem, wrapInList } from "prosemirror-schema-list";
import { EditorState, TextSelection } from "prosemirror-state";
import { goToNextCell, tableEditing, tableNodes } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";

const schema = new Schema({
  nodes: addListNodes(basic.spec.nodes, "paragraph block*", "block")
    .append(tableNodes({ tableGroup: "block", cellContent: "block+", cellAttributes: {} })),
  marks: basic.spec.marks,
});
const { nodes, marks } = schema;
const view = new EditorView(document.querySelector("#place"), {
  state: EditorState.create({
    schema,
    plugins: [
      keymap({ Tab: goToNextCell(1) }), tableEditing(), ...exampleSetup({ schema, menuBar: false }),
    ],
  }),
});
const run = (command) => { view.focus(); command(view.state, view.dispatch, view); };
const list = (kind) => {
  const { $from } = view.state.selection;
  if ($from.depth < 3 || $from.node(-2).type === kind) run(wrapInList(kind));
  else view.dispatch(view.state.tr.setNodeMarkup($from.before($from.depth - 2), kind));
};
const insert = (node) => view.dispatch(view.state.tr.replaceSelectionWith(node));

window.editor = {
  focus: () => view.focus(),
  html: () => {
    const whole = document.createElement("div");
    whole.append(DOMSerializer.fromSchema(schema).serializeFragment(view.state.doc.content));
    return whole.innerHTML;
  },
  do: {
    heading: (level) => run(setBlockType(nodes.heading, { level })),
    paragraph: () => run(setBlockType(nodes.paragraph)),
    bold: () => run(toggleMark(marks.strong)),
    italic: () => run(toggleMark(marks.em)),
    code: () => run(toggleMark(marks.code)),
    bullets: () => list(nodes.bullet_list),
    numbers: () => list(nodes.ordered_list),
    start: (order) => {
      const { $from } = view.state.selection;
      view.dispatch(view.state.tr.setNodeAttribute($from.before($from.depth - 2), "order", order));
    },
    indent: () => run(sinkListItem(nodes.list_item)),
    outdent: () => run(liftListItem(nodes.list_item)),
    quote: () => run(wrapIn(nodes.blockquote)),
    codeblock: () => run(setBlockType(nodes.code_block)),
    table: (rows, columns) => {
      const row = (kind) => nodes.table_row.create(
        null, Array.from({ length: columns }, () => kind.createAndFill()),
      );
      const body = Array.from({ length: rows - 1 }, () => row(nodes.table_cell));
      insert(nodes.table.create(null, [row(nodes.table_header), ...body]));
      view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 4)));
    },
    link: (href) => run(toggleMark(marks.link, { href })),
    picture: (src, alt) => insert(nodes.image.create({ src, alt })),
    rule: () => {
      const before = view.state.selection.$from.before();
      view.dispatch(view.state.tr.insert(before, nodes.horizontal_rule.create()));
    },
  },
};
