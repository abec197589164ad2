"""Memory for others: Fin's ids, and values and messages that the helpdesk does not take."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..database.clock import InstantField
from ..database.orm import IdField, PrimaryManager


class FinReference(models.Model):
    """Fin's own id of an object that it created: a repeated create is answered like the first.

    Of the kind `FORMER`, `object_id` is the helpdesk's id of an end user who is gone, and
    `local_id` that of the end user who was made in their place.
    """

    class Kind(models.TextChoices):
        """The kinds of objects that Fin may create."""

        END_USER = "end_user", _("end user")
        CONVERSATION = "conversation", _("conversation")
        MESSAGE = "message", _("message")
        FORMER = "former_end_user", _("former end user")

    integration = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    object_id = IdField()
    local_id = IdField(blank=True)
    created_at = InstantField()

    objects: ClassVar[PrimaryManager] = PrimaryManager()

    class Meta:
        verbose_name = _("object created by Fin")
        verbose_name_plural = _("objects created by Fin")
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "kind", "object_id"], name="fin_reference_object"
            )
        ]
        indexes = [models.Index(fields=["kind", "local_id"], name="fin_reference_local")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Kept(models.Model):
    """Values that Fin wrote and the helpdesk has no place for; Fin is given them back."""

    kind = models.CharField(max_length=16, choices=FinReference.Kind.choices)
    local_id = IdField()
    values = models.JSONField(default=dict)

    objects: ClassVar[PrimaryManager] = PrimaryManager()

    class Meta:
        verbose_name = _("kept values")
        verbose_name_plural = _("kept values")
        constraints = [
            models.UniqueConstraint(fields=["kind", "local_id"], name="fin_kept_object")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.local_id}"


class KeptMessage(models.Model):
    """A message that the helpdesk has changed, or does not take at all, as Fin wrote it."""

    message_id = IdField(_("id for Fin"), unique=True)
    integration = models.CharField(_("integration"), max_length=64)
    conversation_id = IdField(_("conversation"), db_index=True)
    content = models.JSONField(_("content"))
    local_ids = models.JSONField(_("messages of the helpdesk"), default=list)
    """The message became these; there are none as long as the helpdesk refuses it."""
    created_at = InstantField(_("created"))
    tries = models.PositiveIntegerField(_("tries since"), default=0)
    due_at = InstantField(_("to be tried again"), null=True, blank=True, db_index=True)
    detail = models.CharField(_("why it was refused"), max_length=500, blank=True)

    objects: ClassVar[PrimaryManager] = PrimaryManager()

    class Meta:
        verbose_name = _("kept message")
        verbose_name_plural = _("kept messages")

    def __str__(self) -> str:
        return str(self.message_id)
