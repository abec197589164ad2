"""A care desk: everything has a UUID, members log in by address, cases are open or closed."""

from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Member(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(unique=True)
    display_name = models.CharField(max_length=80, blank=True)
    avatar = models.FileField(upload_to="care", blank=True)
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager["Member"]()

    USERNAME_FIELD = "email"


class Contact(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    full_name = models.CharField(max_length=80, blank=True)
    email = models.EmailField(unique=True)
    portrait = models.FileField(upload_to="care", blank=True)
    contract = models.FileField(upload_to="care", blank=True)


class Case(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    topic = models.CharField(max_length=120, blank=True)
    contact = models.ForeignKey(Contact, models.CASCADE, null=True)
    is_closed = models.BooleanField(default=False)
    assignees = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Duty")
    facts = models.JSONField(default=dict, blank=True)
    labels = models.JSONField(default=list, blank=True)
    opened = models.DateTimeField(auto_now_add=True)
    touched = models.DateTimeField(auto_now=True)


class Duty(models.Model):
    case = models.ForeignKey(Case, models.CASCADE)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    since = models.DateTimeField(auto_now_add=True)


class Reply(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="replies")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, to_field="email"
    )
    html = models.TextField(blank=True)
    sent = models.DateTimeField(auto_now_add=True)


class ReplyFile(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reply = models.ForeignKey(Reply, models.CASCADE, related_name="files")
    blob = models.FileField(upload_to="care")


class Memo(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="memos")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    text = models.TextField()
    written = models.DateTimeField(auto_now_add=True)
