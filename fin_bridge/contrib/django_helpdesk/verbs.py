"""What Fin may do in django-helpdesk: all of it goes through the services of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ... import helpdesk as fin
from ...records import NewConversation
from . import services


class Tickets(fin.Conversations):
    """Opening and changing a ticket."""

    def queue(self, context: fin.Context) -> Any:
        """Where a conversation that Fin begins is put; override it for a queue of Fin's own."""
        return services.public_queue()

    def new(self, context: fin.Context) -> Any:
        """A ticket is always in a queue."""
        return self.model_class(queue=self.queue(context))

    def create(self, new: NewConversation, user: Any, context: fin.Context) -> Any:
        """As from the public form: all who want to know of new tickets are told."""
        titled = replace(new, title=new.title or services.excerpt(new.message.body))
        ticket = super().create(titled, user, context)
        services.announce(ticket)
        return ticket

    def save(self, obj: Any, changed: set[str], context: fin.Context) -> bool:
        """All changes at once, in one follow-up."""
        if obj._state.adding:
            return super().save(obj, changed, context)
        return services.change(obj, changed, context.agent)

    def handover(self, obj: Any, context: fin.Context) -> bool:
        """To whom the queue belongs, unless that is Fin, or nobody in particular."""
        owner = obj.queue.default_owner
        is_person = self.desk.agents.has(owner) and owner != context.agent
        return self.put(obj, {"assignee": owner if is_person else None}, context)

    def reopen(self, obj: Any, context: fin.Context) -> bool:
        """It is the customer's doing, not Fin's."""
        return super().reopen(obj, replace(context, agent=None))

    def visible_to(self, queryset: Any, agent: Any) -> Any:
        """By its permissions for queues."""
        return queryset.filter(services.access_of(agent))


class FollowUps(fin.Messages):
    """Answering in a ticket."""

    def queryset(self) -> Any:
        """With whom wrote them."""
        return super().queryset().select_related("user")

    def set_author(self, obj: Any, person: Any, context: fin.Context) -> set[str]:
        """A customer has no login."""
        obj.user = person if self.desk.agents.has(person) else None
        return {"user"}

    def save(self, obj: Any, changed: set[str], context: fin.Context) -> bool:
        """As from the page for replies."""
        return services.reply(obj)
