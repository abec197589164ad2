"""Fin's published contract as data, and checks of bodies against it."""

from .answers import Verdict, check_answer
from .documents import DIALECTS, Dialect, Document, Operation
from .requests import event_problems, request_problems
from .sense import echo_problems, key_problems

__all__ = [
    "DIALECTS",
    "Dialect",
    "Document",
    "Operation",
    "Verdict",
    "check_answer",
    "echo_problems",
    "event_problems",
    "key_problems",
    "request_problems",
]
