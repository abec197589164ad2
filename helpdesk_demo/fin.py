"""What fin_bridge needs to know of this helpdesk: where its words stand in our models."""

from typing import Any

from fin_bridge import helpdesk as fin


class Customers(fin.EndUsers):
    model, name, email = "helpdesk_demo.Customer", "full_name", "email"
    photo_url = "portrait_url"
    attributes = {"plan": "plan", "company": "company"}


class Staff(fin.Agents):
    model, name, email = "auth.User", "get_full_name", "email"
    alias, photo_url = "profile.alias", "profile.portrait_url"

    def queryset(self) -> Any:
        return super().queryset().filter(is_staff=True, is_active=True)


class Tickets(fin.Conversations):
    model, title, user, assignee = "helpdesk_demo.Ticket", "subject", "customer", "assignee"
    created_at, updated_at = "created", "modified"
    status = fin.Choice(
        "status.slug",
        {"new": "open", "waiting": "open", "solved": "resolved", "archived": "closed"},
        write={"open": "waiting", "resolved": "solved", "closed": "archived", "ended": "archived"},
    )
    tags = fin.Many("labels", "name")
    scope = "all"


class Openings(fin.Opening):
    model, body, created_at = "helpdesk_demo.Ticket", fin.Html("description"), "created"
    author = fin.Author(end_user="customer")


class Replies(fin.Messages):
    model, conversation, created_at = "helpdesk_demo.Reply", "ticket", "created"
    body = fin.Html("body")
    author = fin.Author(agent="staff", end_user="ticket.customer")
    visibility = fin.Flag("internal", private=True)
    attachments = fin.Files(
        "files", file="upload", name="filename", filetype="content_type", link="link"
    )


helpdesk = fin.Helpdesk(Customers, Staff, Tickets, Openings, Replies)
