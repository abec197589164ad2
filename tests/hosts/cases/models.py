"""Subjects of several kinds, of which incidents are one; comments hang on anything, by anybody."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.dispatch import Signal

merged = Signal()
"""Arguments: `kept`, `lost` (incidents)."""


class State(models.Model):
    code = models.CharField(max_length=20, unique=True)


class Person(models.Model):
    name = models.CharField(max_length=80)
    mail = models.EmailField(blank=True)


class Worker(models.Model):
    login = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    nickname = models.CharField(max_length=40)


class Subject(models.Model):
    headline = models.CharField(max_length=100, blank=True)
    person = models.ForeignKey(Person, models.PROTECT)
    created = models.DateTimeField(auto_now_add=True)


class Incident(Subject):
    state = models.ForeignKey(State, models.PROTECT)
    severity = models.PositiveSmallIntegerField(default=3)
    remarks = GenericRelation("Comment", "target_id", "target_type")


class Outage(Incident):
    minutes = models.PositiveIntegerField(default=0)


class Assignment(models.Model):
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="assignments")
    worker = models.ForeignKey(Worker, models.PROTECT, null=True)
    team_type = models.ForeignKey(ContentType, models.CASCADE, null=True, related_name="+")
    team_id = models.CharField(max_length=36, null=True)  # noqa: DJ001  # as it occurs
    team = GenericForeignKey("team_type", "team_id")
    since = models.DateTimeField(auto_now_add=True)


class Keyword(models.Model):
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="keywords")
    word = models.CharField(max_length=30)


class Comment(models.Model):
    target_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    target_id = models.CharField(max_length=36)
    target = GenericForeignKey("target_type", "target_id")
    by_type = models.ForeignKey(ContentType, models.CASCADE, null=True, related_name="+")
    by_id = models.CharField(max_length=36, null=True)  # noqa: DJ001  # as it occurs
    by = GenericForeignKey("by_type", "by_id")
    text = models.TextField(blank=True)
    kind = models.CharField(max_length=10, default="reply")
    replaced = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
