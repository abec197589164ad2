"""The sources of the corpus, and how its files are read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
EDITORS = {
    "quill": ("Quill", "quill"),
    "quill-semantic": ("Quill, `getSemanticHTML()`", "quill"),
    "trix": ("Trix", "trix"),
    "tiptap": ("Tiptap", "@tiptap/core"),
    "ckeditor": ("CKEditor", "ckeditor5"),
    "tinymce": ("TinyMCE", "tinymce"),
    "lexical": ("Lexical", "lexical"),
    "summernote": ("Summernote", "summernote"),
    "prosemirror": ("ProseMirror", "prosemirror-view"),
    "froala": ("Froala", "froala-editor"),
    "editorjs": ("Editor.js by editorjs-html", "@editorjs/editorjs"),
    "django-prose-editor": ("django-prose-editor", "django-prose-editor"),
}
"""Names of editors, and the package whose version stands for each."""

RENDERERS = {
    "markdown": ("Markdown, extra", "Markdown"),
    "markdown-it-py": ("markdown-it-py", "markdown-it-py"),
    "mistune": ("mistune", "mistune"),
}
MAILS = {
    "outlook": "Outlook",
    "gmail": "Gmail",
    "apple-mail": "Apple Mail",
    "thunderbird": "Thunderbird",
    "yahoo": "Yahoo",
}


@dataclass(frozen=True)
class Text:
    """One text: where it is from, its HTML, and what a person is to read of it."""

    source: str
    element: str
    html: str
    reads: str

    @property
    def name(self) -> str:
        return f"{self.source}-{self.element}"


def title(source: str) -> str:
    """The source's name and version, as its file says."""
    return str(_loaded(source)["title"])


def cannot(source: str) -> set[str]:
    """The elements that the source has nothing for."""
    return set(_loaded(source)["cannot"])


def texts() -> list[Text]:
    """All texts of the corpus, by source and element."""
    return [
        Text(source, element, text["html"], text["reads"].strip())
        for source in [*EDITORS, *RENDERERS, *MAILS]
        for element, text in _loaded(source).items()
        if isinstance(text, dict)
    ]


def _loaded(source: str) -> dict[str, str | dict[str, str]]:
    return tomllib.loads((CORPUS / f"{source}.toml").read_text(encoding="utf-8"))
