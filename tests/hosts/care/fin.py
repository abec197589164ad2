"""The care desk, as Fin is to see it."""

from fin_bridge import helpdesk as fin


class Contacts(fin.EndUsers):
    model, name, email = "care.Contact", "full_name", "email"
    photo_url, attributes = "portrait", {"contract": "contract.url"}


class Members(fin.Agents):
    model, name, email = "care.Member", "display_name", "email"
    photo_url = "avatar.url"
    where = {"is_active": True}


class Cases(fin.Conversations):
    model, title, user, assignee = "care.Case", "topic", "contact", fin.First("assignees")
    created_at, updated_at = "opened", "touched"
    status = fin.Choice("is_closed", {False: "open", True: "closed"})
    tags, attributes = "labels", "facts"


class Replies(fin.Messages):
    model, conversation, created_at, body = "care.Reply", "case", "sent", fin.Html("html")
    author = fin.Author(agent="member", end_user="case")
    visibility = fin.Const("public")
    attachments = fin.Files("files", file="blob")


class Memos(fin.Messages):
    model, conversation, created_at, body = "care.Memo", "case", "written", fin.Text("text")
    author, visibility, prefix = fin.Author(agent="member"), fin.Const("private"), "memo-"


helpdesk = fin.Helpdesk(Contacts, Members, Cases, Replies, Memos)
