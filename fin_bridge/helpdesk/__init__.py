"""The port: a host's description of its helpdesk, by which Fin's requests are answered.

Hosts write `from fin_bridge import helpdesk as fin`. No row of the helpdesk's leaves the port as a
message: between the doors and the port travel `records`.
"""

from .fields.author import Author
from .fields.bodies import Html, Markdown, Text
from .fields.email import Email, Visitor
from .fields.files import Files
from .fields.path import Field, Path
from .fields.rows import First, Latest, Many
from .fields.values import Choice, Const, Flag, Json, Mapped
from .owner import Context
from .parts.conversations import Conversations
from .parts.helpdesk import Helpdesk, current
from .parts.messages import Messages
from .parts.opening import Opening
from .parts.part import Part
from .parts.people import Agents, EndUsers
from .parts.visitors import Visitors
from .writing.saving import service

__all__ = [
    "Agents",
    "Author",
    "Choice",
    "Const",
    "Context",
    "Conversations",
    "Email",
    "EndUsers",
    "Field",
    "Files",
    "First",
    "Flag",
    "Helpdesk",
    "Html",
    "Json",
    "Latest",
    "Many",
    "Mapped",
    "Markdown",
    "Messages",
    "Opening",
    "Part",
    "Path",
    "Text",
    "Visitor",
    "Visitors",
    "current",
    "service",
]
