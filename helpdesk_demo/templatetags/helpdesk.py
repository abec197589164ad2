"""Template filters that show tickets."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import nh3
from django import template
from django.utils.html import strip_tags

from helpdesk_demo import traffic

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from helpdesk_demo.models import Ticket

register = template.Library()

TAGS = {
    *("p", "br", "h1", "h2", "h3", "b", "strong", "i", "em", "u", "a", "img"),
    *("ul", "ol", "li", "code", "pre", "blockquote"),
}
ATTRIBUTES = {"a": {"href", "target"}, "img": {"src", "alt", "width", "height"}}


@register.filter
def clean_html(body: str) -> str:
    """Clean what somebody wrote, whoever it was; what comes out is safe to show."""
    return nh3.clean(
        body,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


@register.filter
def summary(body: str) -> str:
    """Return the words of a message on one line, without its markup."""
    spaced = re.sub(r"(?i)<(br|/p|/li|/h\d)\b[^>]*>", " ", body)
    return " ".join(unescape(strip_tags(spaced)).split())


@register.filter
def initials(name: str) -> str:
    """Return up to two letters for a portrait."""
    words = name.split()
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [name[:2]]
    return "".join(letters).upper()


@register.filter
def hue(name: str) -> int:
    """Return a colour that stays the same for one name."""
    return sum(ord(letter) * place for place, letter in enumerate(name, 7)) * 47 % 360


@register.filter
def shown_name(user: User) -> str:
    """Return the name by which colleagues know a member of staff."""
    return user.get_full_name() or user.get_username()


@register.simple_tag
def lately(ticket: Ticket) -> list[traffic.Line]:
    """Return the last things that happened between the helpdesk and Fin about a ticket."""
    return traffic.lately(ticket.pk)
