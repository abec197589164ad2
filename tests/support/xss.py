"""Ways to have a page execute something, and a judge of pages that is no sanitiser.

Each calls `pwn`, which no page of anybody's defines.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

CODE = "pwn(1)"
MARK = "pwn"

_TAGS = ["img", "svg", "body", "details", "video", "audio", "marquee", "input", "a", "b", "p", "x"]
_HANDLERS = [
    "onerror",
    "onload",
    "onclick",
    "onmouseover",
    "onfocus",
    "ontoggle",
    "onanimationstart",
]
_EXTRAS = {
    "img": "src=x",
    "details": "open",
    "video": "src=x",
    "audio": "src=x",
    "input": "autofocus",
    "a": "href=x",
}
_SPELLINGS = [
    "<{tag} {extra} {handler}={code}>",
    '<{tag} {extra} {handler}="{code}">',
    "<{tag}/{handler}='{code}'/{extra}>",
    "<{tag}\n{extra}\n{handler}\n=\n{code}>x</{tag}>",
]


def _handlers() -> Iterator[str]:
    for number, tag in enumerate(_TAGS):
        for place, handler in enumerate(_HANDLERS):
            spelling = _SPELLINGS[(number + place) % len(_SPELLINGS)]
            extra = _EXTRAS.get(tag, "id=x")
            yield spelling.format(tag=tag, extra=extra, handler=handler, code=CODE)
    yield f"<IMG SRC=x OnErRoR={CODE}>"
    yield f"<img src=x onerror=&#112;wn(1) onerror={CODE}>"
    yield f"<img src=x o&#110;error={CODE} onerror={CODE}>"
    yield f'<img src="x` `<script>{CODE}</script>"` `>'
    yield f"<img src=x:x onerror={CODE}//"
    yield f"<img\x0csrc=x\x0conerror={CODE}>"
    yield f"<img src=x onerror\x00={CODE}>"
    yield f'"><img src=x onerror={CODE}>'
    yield f"'><img src=x onerror={CODE}>"
    yield f"' onfocus={CODE} autofocus='"
    yield f'" onfocus={CODE} autofocus="'
    yield f"` onmouseover={CODE} `"


_URLS = [
    f"javascript:{CODE}",
    f"JaVaScRiPt:{CODE}",
    f" javascript:{CODE}",
    f"\x01javascript:{CODE}",
    f"java\tscript:{CODE}",
    f"java\nscript:{CODE}",
    f"javascript\t:{CODE}",
    f"javascript&colon;{CODE}",
    f"&#106;avascript:{CODE}",
    f"&#x6A&#x61vascript:{CODE}",
    f"javascript://https://x.example/%0a{CODE}",
    f"vbscript:{CODE}",
    f"livescript:{CODE}",
    f"data:text/html,<script>{CODE}</script>",
    f"data:text/html;base64,{base64.b64encode(f'<script>{CODE}</script>'.encode()).decode()}#pwn",
    f"data:image/svg+xml,<svg onload={CODE}>",
    f"blob:https://x.example/{MARK}",
    f"filesystem:https://x.example/{MARK}.html",
    f"feed:javascript:{CODE}",
    f"view-source:javascript:{CODE}",
    f"\u2028javascript:{CODE}",
    f"\ufeffjavascript:{CODE}",
]
_CARRIERS = [
    '<a href="{url}">x</a>',
    "<a href='{url}'>x</a>",
    '<img src="{url}">',
    '<iframe src="{url}"></iframe>',
    '<form action="{url}"><button>x</button></form>',
]


def _urls() -> Iterator[str]:
    for number, url in enumerate(_URLS):
        for place, carrier in enumerate(_CARRIERS):
            if place < 2 or (number + place) % 2:
                yield carrier.format(url=url.replace('"', "&quot;"))


_ELEMENTS = [
    f"<script>{CODE}</script>",
    f"<SCRIPT\n>{CODE}</SCRIPT >",
    f"<script/x>{CODE}</script/>",
    f"<scr<script>ipt>{CODE}</scr</script>ipt>",
    f"<<script>{CODE}//<</script>",
    f"<script src=data:,{CODE}></script>",
    f"<svg><script>{CODE}</script></svg>",
    f"<svg><script>&#112;wn(1)</script>{MARK}",
    f"<svg><a xlink:href=javascript:{CODE}><text x=1 y=9>x</text></a></svg>",
    f"<svg><animate onbegin={CODE} attributeName=x dur=1s>",
    f"<svg><set attributeName=onmouseover to={CODE}>",
    f"<svg><use href=data:image/svg+xml,<svg/onload={CODE}>>",
    f"<svg><foreignObject><iframe srcdoc='<script>{CODE}</script>'>",
    f"<math><a xlink:href=javascript:{CODE}>x",
    f"<math href=javascript:{CODE}>x</math>",
    f"<math><maction actiontype=statusline xlink:href=javascript:{CODE}>x",
    f"<iframe srcdoc='<script>parent.{CODE}</script>'></iframe>",
    f"<object data=javascript:{CODE}></object>",
    f"<embed src=javascript:{CODE}>",
    f"<applet code=javascript:{CODE}>",
    f"<base href=javascript:{CODE}//>",
    f"<link rel=stylesheet href=javascript:{CODE}>",
    f"<link rel=import href=data:text/html,<script>{CODE}</script>>",
    f'<meta http-equiv=refresh content="0;url=javascript:{CODE}">',
    f"<style>@import 'javascript:{CODE}';</style>",
    f"<style>*{{background:url(javascript:{CODE})}}</style>",
    f"<p style=background:url(javascript:{CODE})>x",
    f"<p style='x:expression({CODE})'>x",
    f"<form><button formaction=javascript:{CODE}>x",
    f"<isindex type=image src=1 onerror={CODE}>",
    f"<keygen autofocus onfocus={CODE}>",
    f"<select autofocus onfocus={CODE}>",
    f"<textarea autofocus onfocus={CODE}>",
    f"<template><script>{CODE}</script></template>",
    f"<template shadowrootmode=open><img src=x onerror={CODE}></template>",
    f"<noscript><p title='</noscript><img src=x onerror={CODE}>'></noscript>",
    f"<portal src=javascript:{CODE}>",
    f"<dialog open onclose={CODE}><form method=dialog><button>x",
    f"<frameset onload={CODE}><frame src=javascript:{CODE}></frameset>",
    f"<xml id=x><x><C><![CDATA[<img src=x onerror={CODE}>]]></C></x></xml>",
    f"{{{{constructor.constructor('{CODE}')()}}}}",
    f"${{{CODE}}} <%= {CODE} %> {{% {CODE} %}} {{{{ {MARK} }}}}",
]

_MUTATIONS = [
    f"<svg><title><img src=x onerror={CODE}></title></svg>",
    f"<title><p title='</title><img src=x onerror={CODE}>'>",
    f"<textarea><p title='</textarea><img src=x onerror={CODE}>'>",
    f"<xmp><p title='</xmp><img src=x onerror={CODE}>'>",
    f"<noembed><p title='</noembed><img src=x onerror={CODE}>'>",
    f"<noframes><p title='</noframes><img src=x onerror={CODE}>'>",
    f"<iframe><p title='</iframe><img src=x onerror={CODE}>'>",
    f"<plaintext><img src=x onerror={CODE}>",
    f"<listing>&lt;img src=x onerror={CODE}&gt;</listing>",
    f"<!--><img src=x onerror={CODE}>-->",
    f"<!---><img src=x onerror={CODE}>-->",
    f"<!--x--!><img src=x onerror={CODE}>",
    f"<![CDATA[<img src=x onerror={CODE}>]]>",
    f"<![endif]--><img src=x onerror={CODE}>",
    f"<!--[if gte IE 4]><script>{CODE}</script><![endif]-->",
    f"<?xml version='1.0'?><img src=x onerror={CODE}>",
    f"<!doctype html [<!ENTITY x '<img src=x onerror={CODE}>'>]>&x;",
    f"</x><img src=x onerror={CODE}>",
    f"<table><td><svg><desc><td><img src=x onerror={CODE}></table>",
    f"<select><style><option></select><img src=x onerror={CODE}>",
    f"<p><svg><p><img src=x onerror={CODE}>",
    f"<a href='x'><a href=javascript:{CODE}>x",
    f"<b><i><b><i><a title='</b>' href=javascript:{CODE}>x</b></i>",
    f"&lt;img src=x onerror={CODE}&gt;",
    f"&amp;lt;script&amp;gt;{CODE}&amp;lt;/script&amp;gt;",
    f"%3Cimg%20src%3Dx%20onerror%3D{CODE}%3E",
    f"\\u003cimg src=x onerror={CODE}\\u003e",
    f"\uff1cimg src=x onerror={CODE}\uff1e",
    f"+ADw-script+AD4-{CODE}+ADw-/script+AD4-",
    f"</script><script>{CODE}</script>",
    f"</textarea><script>{CODE}</script>",
    f"</title><script>{CODE}</script>",
    f"--><script>{CODE}</script>",
    f"]]><script>{CODE}</script>",
]

VECTORS: list[str] = [*_handlers(), *_urls(), *_ELEMENTS, *_MUTATIONS]

# --- The judge ----------------------------------------------------------------------------------

ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "background", "cite"}
SAFE_SCHEMES = {"", "http", "https", "mailto", "tel"}
LOUD = {
    *("script", "style", "iframe", "object", "embed", "base", "link", "meta", "svg", "math"),
    *("applet", "frame", "frameset", "template", "portal", "noscript"),
}


def scheme_of(address: str) -> str:
    """As browsers have it: they drop what stands for nothing in ASCII."""
    visible = re.sub(r"[\x00-\x20]", "", address)
    found = re.match(r"([a-z][a-z0-9+.-]*):", visible, re.IGNORECASE)
    return found[1].lower() if found else ""


def dangers(page: str) -> list[str]:
    """All in a page that could execute what the vectors want executed."""
    tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    return [danger for element in tree.iter() for danger in _of(element)]


def _of(element: Element) -> Iterator[str]:
    name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
    if name in LOUD and MARK in "".join(map(str, element.itertext())):
        yield f"<{name}> with our text"
    for key, value in element.attrib.items():
        attribute = str(key).rpartition("}")[2].lower()
        if attribute.startswith("on") and MARK in value:
            yield f"<{name} {attribute}>"
        if attribute in ADDRESSES and MARK in value and scheme_of(value) not in SAFE_SCHEMES:
            yield f"<{name} {attribute}={value[:40]}>"
        if attribute in {"style", "srcdoc", "http-equiv"} and MARK in value:
            yield f"<{name} {attribute}>"


FINS: dict[str, set[str]] = {
    **{tag: set() for tag in ("p", "h1", "h2", "b", "i", "br", "code", "ul", "ol", "li")},
    "a": {"href"},
    "img": {"src", "alt"},
}


def foreign(fragment: str) -> list[str]:
    """All in a message that is not Fin's HTML: another tag, attribute or scheme."""
    tree: Any = html5lib.parseFragment(fragment, treebuilder="etree", namespaceHTMLElements=False)
    found = []
    for element in list(tree.iter())[1:]:
        if element.tag not in FINS:
            found.append(f"<{element.tag}>")
            continue
        for attribute, value in element.attrib.items():
            if attribute not in FINS[element.tag]:
                found.append(f"<{element.tag} {attribute}>")
            elif attribute != "alt" and scheme_of(html.unescape(value)) not in SAFE_SCHEMES:
                found.append(f"<{element.tag} {attribute}={value[:40]}>")
    return found
