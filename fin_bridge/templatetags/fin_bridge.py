"""Template tags for agents' pages: `{% load fin_bridge %}`, then `fin_typing` and `fin_panel`.

Both tags take the helpdesk's conversation, or its id for Fin as a string. They put nothing into
the page where that is empty, as for a conversation that has not been saved yet. They need the
URLconf `fin_bridge.agent_ui.urls`, and Django's context processor `request`.
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
    """`{% fin_typing conversation %}` puts in the script that tells Fin when the agent types.

    `conversation`: a model instance of the helpdesk's conversations, or the id as a string.
    `selector`: a CSS selector of the editors, for a page that cannot mark them with the attribute
    `data-fin-typing`. Without either, the text areas of the form around the script count.
    `nonce`: for a content security policy that asks for one (the `nonce` of HTML's `script`).

    Raise `NoReverseMatch` where the agents' URLconf is not included.
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
    present = ((name, value) for name, value in attributes.items() if value)
    return format_html("<script{} defer></script>", format_html_join("", ' {}="{}"', present))


@register.inclusion_tag("fin_bridge/agent_ui/panel.html", takes_context=True)
def fin_panel(context: template.Context, conversation: Any) -> dict[str, Any]:
    """`{% fin_panel conversation %}` shows who is in charge, what Fin found out, and the news.

    `conversation`: a model instance of the helpdesk's conversations, or the id as a string.
    The template `fin_bridge/agent_ui/panel.html` is given `panel`, a `Panel`; it is None, and
    nothing is shown, for a conversation that is not Fin's or that `request.user` may not see.

    Place it outside of the page's forms, for it holds a form of its own: the button for agents,
    which raises `NoReverseMatch` where the agents' URLconf is not included. A context without
    `request` gives the panel without the button.
    """
    conversation_id = _id_of(conversation)
    user = getattr(context.get("request"), "user", None)
    return {"panel": Panel.load(conversation_id, user) if conversation_id else None}


def _id_of(conversation: Any) -> str:
    if isinstance(conversation, Model):
        return "" if conversation.pk is None else current().conversations.id_of(conversation)
    return str(conversation or "")
