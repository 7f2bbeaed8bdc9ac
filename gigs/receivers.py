"""What follows a migration: the templates that ship are there, in a new database and in one that grew (R-GIG-4)."""

from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps

from gigs.services.shipping import ship_templates


def ship_after_migrating(apps: Apps = installed, **_signal: Any) -> None:
    """`apps` is the state that the migration ended in, which may be older than the templates' table."""
    try:
        templates, subcategories = apps.get_model("gigs", "WorkflowTemplate"), apps.get_model("gigs", "Subcategory")
    except LookupError:
        return
    ship_templates(templates=templates, subcategories=subcategories)
