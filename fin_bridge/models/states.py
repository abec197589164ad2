"""The states of conversations, end users and integrations, which all processes share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..database.clock import InstantField
from ..database.orm import IdField, PrimaryManager


class ConversationStateQuerySet(models.QuerySet["ConversationState"]):
    """The words in which the app asks for the states of conversations."""

    def about(
        self, integration: str, conversation_ids: Collection[str]
    ) -> ConversationStateQuerySet:
        """Keep the states of these conversations of an integration."""
        return self.filter(integration=integration, conversation_id__in=conversation_ids)

    def known_to_fin(self) -> ConversationStateQuerySet:
        """Keep the conversations that Fin has pulled, created or been handed."""
        return self.filter(known_at__isnull=False)

    def held_until_after(self, moment: datetime) -> ConversationStateQuerySet:
        """Keep the conversations of which no POST may start until some time after a moment."""
        return self.filter(not_before__gt=moment)

    def end_leases(self) -> int:
        """Let go of the conversations, so that the next claim may take them; return how many."""
        return self.update(token=None, lease_until=None)


class ConversationState(models.Model):
    """The state of a conversation that Fin is told of; a save of the host's never touches it."""

    class Holder(models.TextChoices):
        """The values of `holder`: who is in charge where the helpdesk names no assignee."""

        NOBODY = "", _("nobody yet")
        FIN = "fin", _("Fin")
        PEOPLE = "people", _("people")

    class Handover(models.TextChoices):
        """The values of `handover`: what became of Fin's handing it over."""

        NONE = "", _("none")
        WAITING = "waiting", _("nobody has answered")
        LATE = "late", _("nobody has answered for long")
        ANSWERED = "answered", _("answered")
        OVER = "over", _("over without an answer")

    integration = models.CharField(_("integration"), max_length=64)
    conversation_id = IdField(_("conversation"))

    token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = InstantField(null=True, blank=True)
    not_before = InstantField(null=True, blank=True)
    """No POST starts earlier: spacing and backoff set this."""
    attempts = models.PositiveSmallIntegerField(_("failed attempts in a row"), default=0)
    posted_at = InstantField(_("last sent"), null=True, blank=True)

    known_at = InstantField(_("known to Fin since"), null=True, blank=True)
    pulled_at = InstantField(_("last pulled"), null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders since it was last sent"), default=0)
    shown = models.JSONField(_("what Fin was last shown"), default=dict)
    shown_at = InstantField(null=True, blank=True)
    """No later than this Fin was shown it: what it has written of the customer since is known."""
    customers = models.JSONField(_("end users that Fin knows as its customer"), default=list)
    """The ids of those whom Fin was shown, or has created, as the conversation's customer."""
    extent = models.JSONField(_("the messages that Fin was last shown"), default=dict)
    checkpoints = models.JSONField(_("the messages after which Fin may ask"), default=list)
    holder = models.CharField(
        _("who is in charge"),
        max_length=8,
        choices=Holder.choices,
        blank=True,
        default=Holder.NOBODY,
    )
    handed_over_at = InstantField(_("handed over"), null=True, blank=True)
    handover = models.CharField(
        _("handover"), max_length=8, choices=Handover.choices, blank=True, default=Handover.NONE
    )
    answered_at = InstantField(_("answered"), null=True, blank=True)
    """At this time a person first wrote to the customer after it was handed over."""
    customer_read_at = InstantField(_("last read by the customer"), null=True, blank=True)

    objects = PrimaryManager.from_queryset(ConversationStateQuerySet)()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation_id", "integration"], name="fin_state_conversation"
            )
        ]
        indexes = [
            # A delivery changes no column of an index, so PostgreSQL writes none of them (HOT).
            models.Index(fields=["handover", "handed_over_at"], name="fin_state_handover"),
        ]

    def __str__(self) -> str:
        return f"{self.integration}: {self.conversation_id}"


class EndUserState(models.Model):
    """Remembers what Fin itself has written of an end user: it is no news of any conversation."""

    integration = models.CharField(max_length=64)
    end_user_id = IdField()
    written = models.JSONField(default=dict)
    """By the name of a value: the microsecond of Fin's write, and the value if one was left."""

    objects: ClassVar[PrimaryManager] = PrimaryManager()

    class Meta:
        verbose_name = _("end user")
        verbose_name_plural = _("end users")
        constraints = [
            models.UniqueConstraint(
                fields=["end_user_id", "integration"], name="fin_end_user_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.integration}: {self.end_user_id}"


class IntegrationState(models.Model):
    """The health of one integration, shared by all processes."""

    integration = models.CharField(_("integration"), max_length=64, unique=True)
    agent_id = IdField(_("Fin's agent, learned"), blank=True)
    paused_at = InstantField(_("paused"), null=True, blank=True)
    gate_until = InstantField(_("asked to wait until"), null=True, blank=True)
    blocked = models.CharField(_("blocked by"), max_length=16, blank=True)
    """This says why only probes are sent: a value of `breaker.Block`, empty while all is well."""
    blocked_at = InstantField(_("blocked since"), null=True, blank=True)
    probes = models.PositiveIntegerField(_("probes since"), default=0)
    probe_at = InstantField(_("next probe"), null=True, blank=True)
    failures = models.JSONField(_("conversations that failed in a row"), default=list)
    recovering = models.BooleanField(_("recovering"), default=False)
    slot_at = InstantField(_("next sending slot"), null=True, blank=True)
    swept_at = InstantField(_("last swept"), null=True, blank=True)
    reconciled_at = InstantField(_("last reconciled"), null=True, blank=True)

    objects: ClassVar[PrimaryManager] = PrimaryManager()

    class Meta:
        verbose_name = _("integration")
        verbose_name_plural = _("integrations")
        permissions = [("pause_integration", "Can pause and resume an integration")]

    def __str__(self) -> str:
        return self.integration
