"""Texts between the helpdesk and Fin: pure functions from `str` to `str`, without Django."""
