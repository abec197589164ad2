"""Fin's published contract as data, and checks of bodies against it."""

from .documents import DIALECTS, Dialect, Document, Operation
from .requests import request_problems
from .verdicts import Verdict, check_answer, echo_problems, event_problems, key_problems

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
