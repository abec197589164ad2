"""A bug tracker: everybody has a login, those with `is_staff` answer."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models


class Issue(models.Model):
    class State(models.TextChoices):
        NEW = "new"
        OPEN = "open"
        FIXED = "fixed"
        REJECTED = "rejected"

    reference = models.CharField(max_length=32, unique=True, editable=False)
    summary = models.CharField(max_length=64)
    description = models.CharField(max_length=255, blank=True)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reported")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    keywords = models.CharField(max_length=200, blank=True)
    locked = models.BooleanField(default=False)
    reported = models.DateField(auto_now_add=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.reference = self.reference or uuid4().hex
        super().save(*args, **kwargs)


class Comment(models.Model):
    issue = models.ForeignKey(Issue, models.CASCADE, to_field="reference", db_column="issue")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    text = models.CharField(max_length=255)
    audience = models.CharField(max_length=8, default="all")
    written = models.DateTimeField(auto_now_add=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.issue.locked:
            raise ValidationError("This issue is locked.")
        self.full_clean()
        super().save(*args, **kwargs)


class Duplicate(models.Model):
    """Another report of the same issue, whose own row says nothing of it."""

    of = models.ForeignKey(Issue, models.CASCADE, related_name="duplicates")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
