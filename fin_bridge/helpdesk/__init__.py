"""The port: how this helpdesk is described to us.

Hosts write `from fin_bridge import helpdesk as fin`. Nothing of the helpdesk's models passes it;
between the doors and the port travel `records`.
"""

from .author import Author
from .bodies import Html, Markdown, Text
from .configured import current
from .conversations import Conversations
from .desk import Helpdesk
from .fields import Choice, Const, Flag, Json, Mapped
from .files import Files
from .messages import Messages
from .opening import Opening
from .parts import Context, Part
from .paths import Field, Path
from .people import Agents, EndUsers
from .related import First, Latest, Many
from .saving import service
from .visitors import Email, Visitor, Visitors

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
