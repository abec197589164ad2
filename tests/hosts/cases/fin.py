"""The incidents, as Fin is to see them."""

from typing import Any

from fin_bridge import helpdesk as fin


class People(fin.EndUsers):
    model, name, email = "cases.Person", "name", "mail"


class Workers(fin.Agents):
    model, name, email = "cases.Worker", "login.get_full_name", "login.email"
    alias = "nickname"

    def for_user(self, user: Any) -> Any:
        return getattr(user, "worker", None)


class Incidents(fin.Conversations):
    model, title, user, created_at = "cases.Incident", "headline", "person", "created"
    status = fin.Choice("state.code", {"working": "open", "fixed": "resolved", "filed": "closed"})
    assignee = fin.Latest("assignments", "worker")
    tags = fin.Many("keywords", "word")
    attributes = {"severity": "severity"}
    signals = {"tests.hosts.cases.models.merged": "kept"}


class Comments(fin.Messages):
    model, conversation, created_at = "cases.Comment", "target", "created"
    where = {"replaced": False}
    author, body = fin.Author("by"), fin.Markdown("text")
    visibility = fin.Choice("kind", {"reply": "public", "memo": "private"})


helpdesk = fin.Helpdesk(People, Workers, Incidents, Comments)
