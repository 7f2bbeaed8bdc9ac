"""Templates that somebody may begin with: their own and the platform's (R-GIG-4, R-GIG-8)."""

from django.db.models import Q, QuerySet

from accounts.models import User
from gigs.errors import TemplateUnknown
from gigs.models import Subcategory, WorkflowTemplate


def own_templates(seller: User) -> QuerySet[WorkflowTemplate]:
    """The one changed last first."""
    return WorkflowTemplate.objects.filter(owner=seller).select_related("subcategory").order_by("-updated_at", "-pk")


def platform_templates(subcategory: Subcategory | None = None) -> QuerySet[WorkflowTemplate]:
    """Those that ship for `subcategory`, or all, by category."""
    offered = WorkflowTemplate.objects.filter(owner=None, offered=True).select_related("subcategory__category")
    if subcategory is not None:
        offered = offered.filter(subcategory=subcategory)
    return offered.order_by("subcategory__category__position", "subcategory__position", "pk")


def templates_for(seller: User) -> QuerySet[WorkflowTemplate]:
    """All that `seller` may begin with: their own and the platform's."""
    whose = Q(owner=seller) | Q(owner=None, offered=True)
    return WorkflowTemplate.objects.filter(whose).select_related("subcategory")


def template_for(*, seller: User, public_id: str) -> WorkflowTemplate:
    """One's own, or one of the platform's. Raises TemplateUnknown."""
    found = templates_for(seller).filter(public_id=public_id).first()
    if found is None:
        raise TemplateUnknown
    return found


def own_template(*, seller: User, public_id: str) -> WorkflowTemplate:
    """Raises TemplateUnknown for anyone but its owner; the platform's have none."""
    found = own_templates(seller).filter(public_id=public_id).first()
    if found is None:
        raise TemplateUnknown
    return found
