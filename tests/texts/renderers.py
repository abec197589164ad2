"""Python's renderers of Markdown, as they are usually set up, and the Django editor's filter."""

from __future__ import annotations

from collections.abc import Callable

import markdown
import mistune
from django_prose_editor.fields import ProseEditorField
from markdown_it import MarkdownIt

_PROSE = dict.fromkeys(
    [
        "Blockquote",
        "Bold",
        "BulletList",
        "Caption",
        "Code",
        "CodeBlock",
        "Figure",
        "HardBreak",
        "Heading",
        "HorizontalRule",
        "Image",
        "Italic",
        "Link",
        "ListItem",
        "OrderedList",
        "Strike",
        "Subscript",
        "Superscript",
        "Table",
        "TableCell",
        "TableHeader",
        "TableRow",
        "Underline",
    ],
    True,
)
prose_filter: Callable[[str], str] = ProseEditorField(extensions=_PROSE, sanitize=True).sanitize

RENDERERS: dict[str, Callable[[str], str]] = {
    "markdown": lambda text: markdown.markdown(text, extensions=["extra"]),
    "markdown-it-py": MarkdownIt("commonmark").enable(["table", "strikethrough"]).render,
    "mistune": lambda text: str(
        mistune.create_markdown(escape=False, plugins=["strikethrough", "table", "task_lists"])(
            text
        )
    ),
}
