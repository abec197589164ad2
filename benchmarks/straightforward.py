"""What one would write oneself, as tutorials have it: the views that ours are compared with."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.tasks import post
from helpdesk_demo.models import Customer, Reply, ReplyFile


class AgentSerializer(serializers.ModelSerializer[User]):
    """A member of staff."""

    name = serializers.CharField(source="get_full_name")
    alias = serializers.CharField(source="profile.alias")
    photo_url = serializers.CharField(source="profile.portrait_url")

    class Meta:
        model = User
        fields = ["id", "name", "email", "alias", "photo_url"]


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    """Who has written to us."""

    name = serializers.CharField(source="full_name")
    photo_url = serializers.CharField(source="portrait_url")

    class Meta:
        model = Customer
        fields = ["id", "name", "email", "photo_url"]


class FileSerializer(serializers.ModelSerializer[ReplyFile]):
    """An attachment."""

    url = serializers.CharField(source="upload.url")
    filetype = serializers.CharField(source="content_type")

    class Meta:
        model = ReplyFile
        fields = ["url", "filetype", "filename"]


class MessageSerializer(serializers.ModelSerializer[Reply]):
    """A message with its author and attachments."""

    conversation_id = serializers.CharField(source="ticket_id")
    author = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="created")
    attachments = FileSerializer(source="files", many=True)

    class Meta:
        model = Reply
        fields = ["id", "conversation_id", "body", "author", "created_at", "attachments"]

    def get_author(self, reply: Reply) -> Any:
        """Either of the two; one serializer of each for all messages."""
        if reply.staff:
            return self._agents.to_representation(reply.staff)
        return self._customers.to_representation(reply.ticket.customer)

    @cached_property
    def _agents(self) -> AgentSerializer:
        return AgentSerializer()

    @cached_property
    def _customers(self) -> CustomerSerializer:
        return CustomerSerializer()


def _data(request: Request) -> Any:
    return request.data


class Messages(APIView):
    """A conversation's messages, to who shows a token."""

    authentication_classes = [OAuth2Authentication]
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        """All, or those after one."""
        replies = (
            Reply.objects.filter(ticket_id=_data(request)["conversation_id"])
            .select_related("staff__profile", "ticket__customer")
            .prefetch_related("files")
        )
        if after_id := _data(request).get("after_id"):
            replies = replies.filter(pk__gt=after_id)
        return Response(MessageSerializer(replies, many=True).data)


class Bare(APIView):
    """Answers, and does nothing."""

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        """204."""
        return Response(status=204)


class Typed(APIView):
    """A keystroke of who is logged in: the first in a while leads to a task."""

    authentication_classes = [SessionAuthentication]
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        """204, whether it was news or not."""
        conversation_id = str(_data(request)["conversation_id"])
        if cache.add(f"typing.{request.user.pk}.{conversation_id}", 1, 3600):
            post.delay(conversation_id)
        return Response(status=204)
