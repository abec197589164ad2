"""A mailbox: the first mail is the conversation; who wrote from outside is only an address."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone


class Undeleted(models.Manager["Mail"]):
    """What the pages of the mailbox show."""

    def get_queryset(self) -> models.QuerySet["Mail"]:
        return super().get_queryset().filter(deleted=None)


class Mail(models.Model):
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True)
    subject = models.CharField(max_length=100, blank=True)
    sender = models.EmailField()
    sender_name = models.CharField(max_length=80, blank=True)
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="mails"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="handled"
    )
    direction = models.CharField(max_length=4, default="in")
    text = models.TextField(blank=True)
    enclosure = models.FileField(upload_to="post", blank=True)
    token = models.CharField(max_length=32, blank=True, editable=False)
    done = models.DateTimeField(null=True, blank=True)
    deleted = models.DateTimeField(null=True, blank=True)
    received = models.DateTimeField(auto_now_add=True)
    last_activity = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Undeleted] = Undeleted()


class Thread(Mail):
    """A mail that began something."""

    class Meta:
        proxy = True


class Clerk(User):
    class Meta:
        proxy = True


@receiver(post_save, sender=Mail)
@receiver(post_save, sender=Thread)
def remember(sender: Any, instance: Mail, **_: Any) -> None:
    """Saves what was just saved once more, and the mail that began it all."""
    if not instance.token:
        instance.token = uuid4().hex
        instance.save()
        if instance.parent is not None:
            instance.parent.last_activity = timezone.now()
            instance.parent.save(update_fields=["last_activity"])
