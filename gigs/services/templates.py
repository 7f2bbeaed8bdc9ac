"""Keeping milestones as a template (R-GIG-8): a copy both ways, so that changing one changes no gig and no offer."""

from django.db import transaction

from accounts.models import User
from accounts.selectors import is_seller
from gigs.errors import (
    NothingToKeep,
    OnlySellers,
    TemplateNameMissing,
    TemplateNameTaken,
    TemplateNameTooLong,
    TemplateUnknown,
)
from gigs.models import Subcategory, WorkflowTemplate
from gigs.selectors.templates import template_for
from marketplace.kernel.errors import Invalid
from milestones.designs import TemplateDesign
from milestones.errors import TextTooLong

NAME_LIMIT, DESCRIPTION_LIMIT = 80, 300


@transaction.atomic
def keep_template(
    *, seller: User, name: str, design: TemplateDesign, subcategory: Subcategory | None = None, description: str = ""
) -> WorkflowTemplate:
    """Keep `design` (see `milestones.fitting`) for `seller`.

    Raises OnlySellers; NothingToKeep without a milestone; TemplateNameMissing, TemplateNameTooLong, TemplateNameTaken;
    TextTooLong for the description.
    """
    _check_sells(seller)
    if not design.stages:
        raise NothingToKeep
    _lock_templates(seller)
    return WorkflowTemplate.objects.create(
        owner=seller,
        name=_free_name(seller, name),
        description=_checked_words(description),
        subcategory=subcategory,
        design=design.to_json(),
    )


@transaction.atomic
def rename_template(
    *, template: WorkflowTemplate, seller: User, name: str, description: str | None = None
) -> WorkflowTemplate:
    """Another name, and other words about it. Raises TemplateUnknown, and as `keep_template`."""
    template = _lock_own(template, seller)
    template.name = _free_name(seller, name, but=template)
    if description is not None:
        template.description = _checked_words(description)
    template.save()
    return template


@transaction.atomic
def copy_template(*, template: WorkflowTemplate, seller: User) -> WorkflowTemplate:
    """One's own or the platform's as another of one's own, under a free name. Raises TemplateUnknown, OnlySellers."""
    template = template_for(seller=seller, public_id=template.public_id)
    _check_sells(seller)
    _lock_templates(seller)
    return WorkflowTemplate.objects.create(
        owner=seller,
        name=_next_name(seller, template.name),
        description=template.description,
        subcategory=template.subcategory,
        design=template.design,
    )


@transaction.atomic
def delete_template(*, template: WorkflowTemplate, seller: User) -> None:
    """For good. Raises TemplateUnknown for one that isn't `seller`'s."""
    _lock_own(template, seller).delete()


def _check_sells(seller: User) -> None:
    if not is_seller(seller):
        raise OnlySellers


def _lock_templates(seller: User) -> None:
    """One change of names at a time for one person."""
    User.objects.select_for_update(no_key=True).get(pk=seller.pk)


def _lock_own(template: WorkflowTemplate, seller: User) -> WorkflowTemplate:
    _lock_templates(seller)
    locked = WorkflowTemplate.objects.select_for_update(of=("self",)).filter(pk=template.pk, owner=seller).first()
    if locked is None:
        raise TemplateUnknown
    return locked


def _free_name(seller: User, name: str, *, but: WorkflowTemplate | None = None) -> str:
    """The name as it is kept; raises what is wrong with it."""
    name = " ".join(name.split())
    refused: Invalid | None = None
    if not name:
        refused = TemplateNameMissing(field="name")
    elif len(name) > NAME_LIMIT:
        refused = TemplateNameTooLong(field="name", limit=NAME_LIMIT, length=len(name))
    elif WorkflowTemplate.objects.filter(owner=seller, name__iexact=name).exclude(pk=but.pk if but else 0).exists():
        refused = TemplateNameTaken(field="name", name=name)
    if refused:
        raise refused
    return name


def _checked_words(description: str) -> str:
    description = description.strip()
    if len(description) > DESCRIPTION_LIMIT:
        raise TextTooLong(field="description", limit=DESCRIPTION_LIMIT, length=len(description))
    return description


def _next_name(seller: User, name: str) -> str:
    """`name` if it is free, else with the first number that makes it so."""
    taken = {each.lower() for each in WorkflowTemplate.objects.filter(owner=seller).values_list("name", flat=True)}
    number, wanted = 1, name
    while wanted.lower() in taken:
        number += 1
        ending = f" ({number})"
        wanted = name[: NAME_LIMIT - len(ending)].rstrip() + ending
    return wanted
