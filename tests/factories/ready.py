"""Gigs for sale, for tests about what comes after: published once through the services, and from then on copied.

Publishing a gig in milestones takes ninety statements, and two thousand tests begin with one. Copies share their
picture with the first, so tests about galleries make their own (`gigs.make_gig`).
"""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.db import models
from django.db.models.base import ModelState
from django.utils.text import slugify

from accounts.models import User
from gigs.models import Gig
from marketplace.kernel import clock
from milestones.designs import WorkflowDesign
from milestones.enums import PackageTier
from milestones.models import StagePackage, Substep
from tests.factories.gigs import NO_MILESTONES, make_gig, numbers

Group = tuple[type[models.Model], list[Any]]
_published: dict[object, list[Group]] = {}


def ready_gig(
    seller: User,
    *,
    prices: Mapping[PackageTier, int] | None = None,
    design: WorkflowDesign = NO_MILESTONES,
    questions: int = 0,
) -> Gig:
    """What `make_gig` gives for the same arguments, with a title of its own."""
    key = (seller.seller.currency, tuple((prices or {}).items()), design, questions)
    if key in _published:
        return _copied(_published[key], seller)
    gig = make_gig(seller, prices=prices, design=design, questions=questions)
    _published[key] = _rows_of(Gig.objects.get(pk=gig.pk))
    return gig


def _rows_of(gig: Gig) -> list[Group]:
    """Everything that the gig is made of, in the order in which it can be written."""
    workflow, stages = gig.workflow, gig.workflow.stages.all() if gig.workflow else []
    parts: list[Any] = [
        [workflow] if workflow else [],
        stages,
        StagePackage.objects.filter(stage__in=stages),
        Substep.objects.filter(stage__in=stages),
        [gig],
        *(getattr(gig, name).all() for name in ("packages", "faq", "requirements", "images")),
    ]
    groups = [list(part) for part in parts]
    return [(type(group[0]), group) for group in groups if group]


def _copied(groups: list[Group], seller: User) -> Gig:
    written: dict[tuple[type[models.Model], int], models.Model] = {}
    for model, rows in groups:
        copies = [_copy(row, written) for row in rows]
        for fresh in copies:
            if isinstance(fresh, Gig):
                fresh.seller, fresh.title = seller, f"I will build your desktop application {next(numbers)}"
                fresh.slug = slugify(fresh.title)
                fresh.created_at = fresh.updated_at = fresh.published_at = clock.now()
        model._default_manager.bulk_create(copies)
        written |= {(model, row.pk): fresh for row, fresh in zip(rows, copies, strict=True)}
    return next(Gig.objects.get(pk=fresh.pk) for fresh in written.values() if isinstance(fresh, Gig))


def _copy(row: Any, written: Mapping[tuple[type[models.Model], int], models.Model]) -> Any:
    """`row` under no id yet, belonging to what was written for what it belonged to."""
    fresh = copy(row)
    fresh._state = ModelState()
    for field in row._meta.concrete_fields:
        if field.primary_key:
            setattr(fresh, field.attname, None)
        elif field.name == "public_id":
            setattr(fresh, field.attname, field.get_default())
        elif field.is_relation and (owner := written.get((field.related_model, getattr(row, field.attname)))):
            setattr(fresh, field.name, owner)
    return fresh
