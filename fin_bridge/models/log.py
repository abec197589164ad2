"""The log, both ways: our events with their attempts, and Fin's calls."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..database.clock import InstantField
from ..database.orm import IdField, PrimaryManager


class EventQuerySet(models.QuerySet["Event"]):
    """The words in which the app asks for events."""

    def syncs(self) -> EventQuerySet:
        """Keep the events that tell Fin of a change, and no typing notices."""
        return self.filter(kind=Event.Kind.SYNC)

    def waiting(self) -> EventQuerySet:
        """Keep the events that wait to be sent."""
        return self.filter(state=Event.State.WAITING)

    def sending(self) -> EventQuerySet:
        """Keep the events that a claim has taken and not settled."""
        return self.filter(state=Event.State.SENDING)

    def unsettled(self) -> EventQuerySet:
        """Keep the events that wait or are being sent."""
        return self.filter(state__in=[Event.State.WAITING, Event.State.SENDING])

    def delivered(self) -> EventQuerySet:
        """Keep the events of which Fin has heard, by a POST of their own or of another event."""
        return self.filter(state__in=[Event.State.SENT, Event.State.MERGED])

    def failed(self) -> EventQuerySet:
        """Keep the events that Fin has refused for good."""
        return self.filter(state=Event.State.FAILED)

    def due(self, now: datetime) -> EventQuerySet:
        """Keep the events whose time has come."""
        return self.filter(due_at__lte=now)

    def about(self, integration: str, conversation_ids: Collection[str]) -> EventQuerySet:
        """Keep the events of these conversations of an integration."""
        return self.filter(integration=integration, conversation_id__in=conversation_ids)

    def claimed_by(self, tokens: Collection[UUID]) -> EventQuerySet:
        """Keep the events that the claims with these tokens have taken and not settled."""
        return self.sending().filter(claim__in=tokens)


class Event(models.Model):
    """A change that Fin is to hear of, or a typing notice that was sent."""

    class Kind(models.TextChoices):
        SYNC = "sync", _("sync")
        TYPING = "typing", _("typing")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        MERGED = "merged", _("merged into another")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    integration = models.CharField(_("integration"), max_length=64, blank=True)
    """It is empty until the drain has found out whose conversation it is."""
    conversation_id = IdField(_("conversation"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SYNC)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.WAITING
    )
    cause = models.CharField(_("cause"), max_length=200, blank=True)
    """This names the change that led to it, such as `support.Reply 12 created`."""
    reaction = models.BooleanField(_("reaction of the helpdesk to Fin"), default=False)
    created_at = InstantField(_("created"))
    due_at = InstantField(_("due"))
    claim = models.UUIDField(_("claim"), null=True, blank=True, editable=False)
    """This is the token of the claim that took it; a claim's events share its token."""
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    settled_at = InstantField(_("settled"), null=True, blank=True)
    pulled_at = InstantField(_("pulled by Fin"), null=True, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    """This says why it failed, was cancelled, or waits."""
    resend_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="resends",
        db_constraint=False,  # checking it costs a resend of 100,000 half as much as its rows
        verbose_name=_("sent again from"),
    )

    objects = PrimaryManager.from_queryset(EventQuerySet)()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("delivery log events")
        permissions = [
            ("resend_event", "Can send events again"),
            ("cancel_event", "Can cancel waiting events"),
        ]
        indexes = [
            models.Index(fields=["state", "integration", "due_at"], name="fin_event_due"),
            # All four, since SQLite, which counts nothing, would go by the kind otherwise.
            models.Index(
                fields=["conversation_id", "kind", "state", "integration"],
                name="fin_event_conversation",
            ),
            models.Index(fields=["state", "id"], name="fin_event_newest"),
            models.Index(fields=["kind", "created_at"], name="fin_event_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.conversation_id}"


class Attempt(models.Model):
    """A POST to Fin: what was sent (no key, no customer's word) and what came back."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="tries", verbose_name=_("event")
    )
    integration = models.CharField(_("integration"), max_length=64)
    conversation_id = IdField(_("conversation"))
    started_at = InstantField(_("started"))
    duration = models.PositiveIntegerField(_("duration (ms)"), default=0)
    outcome = models.CharField(_("outcome"), max_length=20)
    """It is a value of `retry.Outcome`, or the client's word for why no answer came."""
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    url = models.CharField(_("address"), max_length=500)
    request_headers = models.JSONField(_("request headers"), default=dict)
    request_body = models.TextField(_("request body"))
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    objects: ClassVar[PrimaryManager] = PrimaryManager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(
                fields=["conversation_id", "started_at"], name="fin_attempt_conversation"
            ),
            models.Index(fields=["started_at"], name="fin_attempt_started"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} ({self.status or '-'})"


class FinCall(models.Model):
    """A request from Fin, or from somebody who poses as Fin: what was asked, and how it ended."""

    at = InstantField(_("time"))
    integration = models.CharField(_("integration"), max_length=64, blank=True)
    operation = models.CharField(_("operation"), max_length=32)
    conversation_id = IdField(_("conversation"), blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"))
    duration = models.PositiveIntegerField(_("duration (ms)"))
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    """This says in one sentence why it was refused; it never holds a body."""

    objects: ClassVar[PrimaryManager] = PrimaryManager()

    class Meta:
        verbose_name = _("call from Fin")
        verbose_name_plural = _("calls from Fin")
        indexes = [
            models.Index(fields=["conversation_id", "at"], name="fin_call_conversation"),
            models.Index(fields=["at"], name="fin_call_at"),
        ]

    def __str__(self) -> str:
        return f"{self.operation}: {self.status}"
