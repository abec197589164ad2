"""The table of the nine operations: name, input, implementation, and status of success."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from rest_framework.serializers import Serializer

from ..wire import request_bodies
from . import agents, conversations, customers, messages, updates
from .call import Call


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract is spoken in one or both dialects.

    `run` is given the call and what `input` has validated, and returns a record, a `Created` or an
    iterator of records. An operation that `repairs` mends input that others refuse.
    """

    name: str
    input: type[Serializer[Any]]
    run: Callable[[Call, Any], Any]
    status: int = 200
    repairs: bool = False


_OPERATIONS: Final = (
    Operation("get_user", request_bodies.GetUser, customers.get_user),
    Operation("update_user", request_bodies.UpdateUser, customers.update_user),
    Operation("create_user", request_bodies.CreateUser, customers.create_user, status=201),
    Operation("get_agents", request_bodies.GetAgents, agents.get_agents),
    Operation("get_conversation", request_bodies.GetConversation, conversations.get_conversation),
    Operation(
        "update_conversation", request_bodies.UpdateConversation, updates.update_conversation
    ),
    Operation(
        "create_conversation",
        request_bodies.CreateConversation,
        conversations.create_conversation,
        status=201,
        repairs=True,
    ),
    Operation("get_messages", request_bodies.GetMessages, messages.get_messages),
    Operation("create_message", request_bodies.CreateMessage, messages.create_message, status=201),
)

REST: Final[Mapping[str, Operation]] = {operation.name: operation for operation in _OPERATIONS}
POSTS_ONLY: Final[Mapping[str, Operation]] = {
    **REST,
    "update_conversation": replace(
        REST["update_conversation"], input=request_bodies.UpdateConversationAndUser
    ),
    "create_conversation": replace(
        REST["create_conversation"], input=request_bodies.CreateConversationAndUser
    ),
}
