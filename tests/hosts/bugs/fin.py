"""The bug tracker, as Fin is to see it."""

from typing import Any
from uuid import uuid4

from fin_bridge import helpdesk as fin


class Reporters(fin.EndUsers):
    model, name, email = "auth.User", "get_full_name", "email"
    where = {"is_staff": False}

    def new(self, context: fin.Context) -> Any:
        return self.model_class(username=uuid4().hex)

    def set_name(self, user: Any, value: str, context: fin.Context) -> set[str]:
        user.first_name, _, user.last_name = value.partition(" ")
        return {"first_name", "last_name"}


class Developers(fin.Agents):
    model, name, email = "auth.User", "get_full_name", "email"
    where = {"is_staff": True, "is_active": True}


class Issues(fin.Conversations):
    model, title, user, assignee = "bugs.Issue", "summary", "reporter", "owner"
    created_at = "reported"
    status = fin.Choice(
        "state", {"open": "open", "new": "open", "fixed": "resolved", "rejected": "closed"}
    )
    watch = {"bugs.Duplicate": "of"}

    def get_tags(self, issue: Any) -> list[str]:
        return [word for word in issue.keywords.split(",") if word]

    def set_tags(self, issue: Any, value: list[str], context: fin.Context) -> set[str]:
        issue.keywords = ",".join(value)
        return {"keywords"}


class Descriptions(fin.Opening):
    model, created_at, body = "bugs.Issue", "reported", fin.Text("description")


class Comments(fin.Messages):
    model, conversation, created_at = "bugs.Comment", "issue", "written"
    body, author = fin.Text("text"), fin.Author("author")
    visibility = fin.Choice("audience", {"all": "public", "team": "private"})


helpdesk = fin.Helpdesk(Reporters, Developers, Issues, Descriptions, Comments)
