"""The mailbox, as Fin is to see it."""

from typing import Any

from django.utils import timezone

from fin_bridge import helpdesk as fin


class Clerks(fin.Agents):
    model, name, email = "post.Clerk", "get_full_name", "email"
    where = {"is_staff": True}


class Threads(fin.Conversations):
    model, title, assignee = "post.Thread", "subject", "handler"
    where = {"parent": None, "deleted": None}
    user = fin.Email("sender", name="sender_name")
    created_at, updated_at = "received", "last_activity"

    def get_status(self, thread: Any) -> str:
        return "closed" if thread.done else "open"

    def set_status(self, thread: Any, value: str, context: fin.Context) -> set[str]:
        if value == self.get_status(thread) or (thread.done and value != "open"):
            return set()
        thread.done = None if value == "open" else timezone.now()
        return {"done"}


class FirstMails(fin.Opening):
    model, created_at, body = "post.Mail", "received", fin.Text("text")
    attachments = fin.Files(file="enclosure")


class Mails(fin.Messages):
    model, conversation, created_at, body = "post.Mail", "parent", "received", fin.Text("text")
    where = {"deleted": None}
    attachments = fin.Files(file="enclosure")
    visibility = fin.Choice("direction", {"out": "public", "in": "public", "note": "private"})

    def queryset(self) -> Any:
        return super().queryset().select_related("clerk")

    def get_author(self, mail: Any) -> Any:
        return mail.clerk or (mail.parent if mail.direction == "in" else None)

    def set_author(self, mail: Any, person: Any, context: fin.Context) -> set[str]:
        if isinstance(person, fin.Visitor):
            mail.sender, mail.direction = mail.parent.sender, "in"
            return {"sender", "direction"}
        mail.sender, mail.clerk = person.email or "desk@example.com", person
        mail.direction = "note" if mail.direction == "note" else "out"
        return {"sender", "clerk", "direction"}


helpdesk = fin.Helpdesk(fin.Visitors, Clerks, Threads, FirstMails, Mails)
