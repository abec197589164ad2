"""Fin's door: nine operations, two dialects of the wire, one implementation."""
