"""The helpdesk's tables, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Customer(models.Model):
    """Somebody who writes to us. Customers have no login of their own."""

    full_name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    company = models.CharField(max_length=120, blank=True)
    plan = models.CharField(max_length=40, blank=True)
    portrait_url = models.URLField(blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["full_name"]

    def __str__(self) -> str:
        return self.full_name


class Status(models.Model):
    """A step in a ticket's life, in the order in which the steps are offered."""

    name = models.CharField(max_length=40)
    slug = models.SlugField(unique=True)
    is_finished = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "statuses"

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """A word by which tickets are sorted."""

    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Ticket(models.Model):
    """A customer's concern. ``description`` holds the text that opened it, as HTML."""

    subject = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tickets")
    description = models.TextField(blank=True)
    status = models.ForeignKey(Status, models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    labels = models.ManyToManyField(Label, blank=True, related_name="tickets")
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-modified"]

    def __str__(self) -> str:
        return self.subject or f"Ticket {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("ticket", args=[self.pk])


class Reply(models.Model):
    """A message after the opening, as HTML; by the customer where there is no staff member."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="replies")
    staff: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="replies"
    )
    body = models.TextField(blank=True)
    internal = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created", "pk"]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"{self.staff or self.ticket.customer} on {self.ticket}"


class ReplyFile(models.Model):
    """A file that came with a reply: uploaded here, or a link to where it lives."""

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="files")
    upload = models.FileField(upload_to="replies/%Y/%m/", blank=True)
    link = models.URLField(max_length=2000, blank=True)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.filename

    @property
    def url(self) -> str:
        """Return the address at which an agent's browser finds the file."""
        return self.link or reverse("file", args=[self.pk])

    @property
    def is_image(self) -> bool:
        """Tell whether it may safely be shown in place; an SVG, for one, may carry scripts."""
        return self.content_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}


class StaffProfile(models.Model):
    """The name and picture under which a member of staff appears to customers."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile")
    alias = models.CharField(max_length=60, blank=True)
    portrait_url = models.URLField(blank=True)

    def __str__(self) -> str:
        return self.alias or self.user.get_username()
