"""A plain helpdesk, as a company might have written it, and its connection with Fin."""

from helpdesk_demo.celery import app as celery_app

__all__ = ["celery_app"]
