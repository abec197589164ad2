"""`{% load fin_bridge %}`: what an agent's page needs of us.

Both tags take the helpdesk's object or its id, and put nothing into the page for an empty one,
such as that of a conversation that nobody has saved yet.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Model
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from ..agent_ui.panel import Panel
from ..helpdesk import current

register = template.Library()


@register.simple_tag(takes_context=True)
def fin_typing(
    context: template.Context, conversation: Any, selector: str = "", nonce: str = ""
) -> str:
    """The script that tells Fin of the agent's keystrokes.

    `selector` names the editors of a page that cannot mark them; `nonce` is for a content security
    policy that wants one. Without marks and selector the text areas of the form around it count.
    """
    conversation_id = _id_of(conversation)
    if not conversation_id:
        return ""
    attributes = {
        "src": static("fin_bridge/typing.js"),
        "nonce": nonce,
        "data-url": reverse("fin_bridge_agent_ui:typing"),
        "data-conversation": conversation_id,
        "data-selector": selector,
        "data-csrf-token": str(context.get("csrf_token") or ""),
    }
    given = ((name, value) for name, value in attributes.items() if value)
    return format_html("<script{} defer></script>", format_html_join("", ' {}="{}"', given))


@register.inclusion_tag("fin_bridge/agent_ui/panel.html", takes_context=True)
def fin_panel(context: template.Context, conversation: Any) -> dict[str, Any]:
    """Who is in charge, what Fin made of it, how far the last change has come.

    Not inside a form of the page: it has one of its own.
    """
    conversation_id = _id_of(conversation)
    user = getattr(context.get("request"), "user", None)
    return {"panel": Panel.of(conversation_id, user) if conversation_id else None}


def _id_of(conversation: Any) -> str:
    """As Fin knows it; "" for nothing, and for what is not saved yet."""
    if isinstance(conversation, Model):
        return "" if conversation.pk is None else current().conversations.id_of(conversation)
    return str(conversation or "")
