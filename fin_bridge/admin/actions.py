"""Sending again and cancelling, as actions of the list of events and as buttons of one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..models import Event
from ..operating import deliveries

MANY = 10
"""More events than this are asked about before anything happens."""


@admin.action(description=gettext_lazy("Send again"), permissions=["resend"])
def send_again(
    modeladmin: admin.ModelAdmin[Event], request: HttpRequest, queryset: QuerySet[Event]
) -> HttpResponse | None:
    """Send each conversation of the chosen events to Fin once more, as one new event.

    Choices of more than MANY events are asked about first.
    """
    tally = deliveries.tally(queryset)
    if tally.events > MANY and "confirmed" not in request.POST:
        question = _("Send %(events)d events of %(conversations)d conversations again?") % {
            "events": tally.events,
            "conversations": tally.conversations,
        }
        effect = _("Fin is told of each conversation once, now, even where the next try is later.")
        return _ask(modeladmin, request, "send_again", question, effect)
    typing = queryset.filter(kind=Event.Kind.TYPING).count()
    done = deliveries.resend(queryset, by=request.user.get_username())
    events = ngettext("%d event", "%d events", done.events) % done.events
    conversations = (
        ngettext("%d conversation", "%d conversations", done.conversations) % done.conversations
    )
    said = _("%(events)s of %(conversations)s: %(count)d sent again.") % {
        "events": events,
        "conversations": conversations,
        "count": done.conversations,
    }
    if typing:
        said += (
            " "
            + ngettext(
                "%d typing notice was left out: it would be late.",
                "%d typing notices were left out: they would be late.",
                typing,
            )
            % typing
        )
    modeladmin.message_user(request, said, _level(done.conversations))
    return None


@admin.action(description=gettext_lazy("Cancel"), permissions=["cancel"])
def cancel(
    modeladmin: admin.ModelAdmin[Event], request: HttpRequest, queryset: QuerySet[Event]
) -> HttpResponse | None:
    """Cancel those of the chosen events that still wait, after asking where they are many."""
    counts = queryset.order_by().values("state").annotate(count=Count("pk"))
    by_state: dict[str, int] = dict(counts.values_list("state", "count"))
    waiting = by_state.pop(Event.State.WAITING, 0)
    if waiting > MANY and "confirmed" not in request.POST:
        question = _("Cancel %d waiting events?") % waiting
        effect = _("Fin will not hear of these changes, unless they are sent again.")
        return _ask(modeladmin, request, "cancel", question, effect)
    done = deliveries.cancel(queryset, by=request.user.get_username())
    said = ngettext("%d event was cancelled.", "%d events were cancelled.", done) % done
    if waiting > done:  # a worker was faster
        by_state[Event.State.SENDING] = by_state.get(Event.State.SENDING, 0) + waiting - done
    if by_state:
        why = ", ".join(f"{count} {Event.State(word).label}" for word, count in by_state.items())
        said += " " + _("Events that no longer wait were left alone: %s.") % why
    modeladmin.message_user(request, said, _level(done))
    return None


def _level(done: int) -> int:
    return messages.SUCCESS if done else messages.WARNING


def _ask(
    modeladmin: admin.ModelAdmin[Event],
    request: HttpRequest,
    action: str,
    question: str,
    effect: str,
) -> HttpResponse:
    """Show the page whose form posts this action once more, confirmed, under the same filters."""
    context: dict[str, Any] = {
        **modeladmin.admin_site.each_context(request),
        "title": question,
        "effect": effect,
        "opts": modeladmin.opts,
        "media": modeladmin.media,
        "action": action,
        "checkbox": ACTION_CHECKBOX_NAME,
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
    }
    return TemplateResponse(request, "admin/fin_bridge/confirm.html", context)


def send_one_again(
    modeladmin: admin.ModelAdmin[Event], request: HttpRequest, pk: int, *, is_allowed: bool
) -> HttpResponse:
    """Send the conversation of one event again, and lead to the page of the new event."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not is_allowed:
        raise PermissionDenied
    event = get_object_or_404(Event.objects.syncs(), pk=pk)
    deliveries.resend(Event.objects.filter(pk=pk), by=request.user.get_username())
    new = Event.objects.filter(resend_of=event).latest("pk")
    page = f"{modeladmin.admin_site.name}:fin_bridge_event_change"
    said = format_html(
        _('This event was sent again from <a href="{}">event {}</a>.'),
        reverse(page, args=[pk]),
        pk,
    )
    modeladmin.message_user(request, said, messages.SUCCESS)
    return redirect(page, new.pk)


def cancel_one(
    modeladmin: admin.ModelAdmin[Event], request: HttpRequest, pk: int, *, is_allowed: bool
) -> HttpResponse:
    """Cancel one event if it still waits, and lead back to its page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not is_allowed:
        raise PermissionDenied
    cancel(modeladmin, request, Event.objects.filter(pk=get_object_or_404(Event, pk=pk).pk))
    return redirect(f"{modeladmin.admin_site.name}:fin_bridge_event_change", pk)
