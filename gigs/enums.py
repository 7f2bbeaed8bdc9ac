"""Closed sets of the catalogue."""

from django.db.models import TextChoices


class GigState(TextChoices):
    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ARCHIVED = "archived", "Archived"


class RequirementKind(TextChoices):
    """How a buyer answers a question of the seller."""

    TEXT = "text", "In words"
    CHOICE = "choice", "From a list"
    FILE = "file", "With a file"


class Sorting(TextChoices):
    """The order of a list of gigs."""

    BEST = "best", "Best match"
    NEWEST = "newest", "Newest"
    CHEAPEST = "cheapest", "Lowest price"
    DEAREST = "dearest", "Highest price"
    RATED = "rated", "Best rated"


class Tab(TextChoices):
    """The sequence of the gig editor (R-GIG-3)."""

    OVERVIEW = "overview", "Overview"
    PRICING = "pricing", "Pricing"
    DESCRIPTION = "description", "Description & FAQ"
    REQUIREMENTS = "requirements", "Requirements"
    GALLERY = "gallery", "Gallery"
    PUBLISH = "publish", "Publish"
