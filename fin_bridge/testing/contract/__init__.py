"""Fin's published contract as data, and checks of bodies against it."""

from fin_bridge.testing.contract.answers import Verdict, check_answer
from fin_bridge.testing.contract.documents import DIALECTS, Dialect, Document, Operation
from fin_bridge.testing.contract.requests import event_problems, request_problems
from fin_bridge.testing.contract.sense import echo_problems, key_problems

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
