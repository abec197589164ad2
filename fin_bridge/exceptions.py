"""Everything that fin_bridge raises on purpose, in one tree."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured


class FinBridgeError(Exception):
    """The base of all of them."""


class ConfigurationError(FinBridgeError, ImproperlyConfigured):
    """A setting, or the module that describes the helpdesk, is wrong; the text names it."""


class NotFoundError(FinBridgeError, LookupError):
    """There is no such object, or it is not Fin's to see (the two look alike on purpose)."""


class RefusedError(FinBridgeError, ValueError):
    """What Fin asks for cannot be written; the text says why, in words fit for Fin."""


class NotWritableError(FinBridgeError, TypeError):
    """A field has no place in the helpdesk to be written to: it is kept by us instead."""
