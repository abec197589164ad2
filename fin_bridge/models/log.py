"""The log, both ways: our events with their attempts, and Fin's calls."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..database.clock import InstantField
from ..database.orm import IdField, PrimaryManager


class Event(models.Model):
    """One change that Fin is to hear of, or one typing notice that was sent."""

    class Kind(models.TextChoices):
        """What Fin is told."""

        SYNC = "sync", _("sync")
        TYPING = "typing", _("typing")

    class State(models.TextChoices):
        """What has become of it, in an operator's words."""

        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        MERGED = "merged", _("merged into another")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    integration = models.CharField(_("integration"), max_length=64, blank=True)
    """Empty until the drain has found out whose conversation it is."""
    conversation_id = IdField(_("conversation"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SYNC)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.WAITING
    )
    cause = models.CharField(_("cause"), max_length=200, blank=True)
    """Which change led to it, such as `support.Reply 12 created`."""
    reaction = models.BooleanField(_("reaction of the helpdesk to Fin"), default=False)
    created_at = InstantField(_("created"))
    due_at = InstantField(_("due"))
    claim = models.UUIDField(_("claim"), null=True, blank=True, editable=False)
    """The token of the claim that took it; those claimed with it for a conversation share it."""
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    settled_at = InstantField(_("settled"), null=True, blank=True)
    pulled_at = InstantField(_("pulled by Fin"), null=True, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    """Why it failed, was cancelled, or waits."""
    resend_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="resends",
        db_constraint=False,  # checking it costs a resend of 100,000 half as much as its rows
        verbose_name=_("sent again from"),
    )

    objects: ClassVar[PrimaryManager] = PrimaryManager()

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
    """One POST to Fin: what was sent (no key, no customer's word) and what came back."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="tries", verbose_name=_("event")
    )
    integration = models.CharField(_("integration"), max_length=64)
    conversation_id = IdField(_("conversation"))
    started_at = InstantField(_("started"))
    duration = models.PositiveIntegerField(_("duration (ms)"), default=0)
    outcome = models.CharField(_("outcome"), max_length=20)
    """A value of `retry.Outcome`, or of the client's error classes where no answer came."""
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
    """A request of Fin's, or of somebody who would be Fin: what was asked, how it ended."""

    at = InstantField(_("time"))
    integration = models.CharField(_("integration"), max_length=64, blank=True)
    operation = models.CharField(_("operation"), max_length=32)
    conversation_id = IdField(_("conversation"), blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"))
    duration = models.PositiveIntegerField(_("duration (ms)"))
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    """Why it was refused, in one sentence; never a body."""

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
