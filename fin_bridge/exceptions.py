"""All exceptions that fin_bridge raises on purpose, in one tree."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured


class FinBridgeError(Exception):
    """The base class of all exceptions of fin_bridge."""


class ConfigurationError(FinBridgeError, ImproperlyConfigured):
    """A setting, or the module that describes the helpdesk, is wrong; the text names it."""


class NotFoundError(FinBridgeError, LookupError):
    """There is no such object, or Fin may not see it.

    A verb of a part may raise it; Fin gets a 404 that does not tell the two apart.
    """


class RefusedError(FinBridgeError, ValueError):
    """The helpdesk cannot write what Fin asks for.

    A verb of a part may raise it, with a text that says why in words fit for Fin.
    """


class NotWritableError(FinBridgeError, TypeError):
    """The helpdesk has no place for a value, so we keep it instead."""
