"""The port: how this helpdesk is described to us.

Hosts write `from fin_bridge import helpdesk as fin`. Nothing of the helpdesk's models passes it;
between the doors and the port travel `records`.
"""

from .configured import current
from .fields.author import Author
from .fields.bodies import Html, Markdown, Text
from .fields.files import Files
from .fields.path import Field, Path
from .fields.rows import First, Latest, Many
from .fields.values import Choice, Const, Flag, Json, Mapped
from .parts.conversations import Conversations
from .parts.helpdesk import Helpdesk
from .parts.messages import Messages
from .parts.opening import Opening
from .parts.part import Context, Part
from .parts.people import Agents, EndUsers
from .parts.visitors import Email, Visitor, Visitors
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
