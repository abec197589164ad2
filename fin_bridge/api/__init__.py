"""Fin's door: nine operations in two dialects of the wire, implemented once."""
