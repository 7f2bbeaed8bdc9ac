"""Milepost: a marketplace for work that is paid in milestones."""

from marketplace.celery import app as celery_app

__all__ = ["celery_app"]
