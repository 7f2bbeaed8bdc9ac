"""Lists of gigs: search, filters, sorting, pages (R-GIG-9)."""

import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.contrib.postgres.search import SearchRank
from django.db.models import Case, Count, F, FloatField, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast

from accounts.models import User
from gigs.enums import Sorting
from gigs.models import Category, Gig, Subcategory
from gigs.selectors.catalogue import active_gigs
from gigs.selectors.pages import KeysetPage, Order, cut_page
from gigs.selectors.searching import Understood, correct_words, read_words
from milestones.models import MilestonePolicy

Cards: TypeAlias = Any  # a queryset of gigs with the annotations of `as_cards`, which the type checker can't follow
Policies: TypeAlias = Mapping[str, MilestonePolicy]  # the policy in force of each currency
COUNTED = 1000  # nobody needs to know how many more there are, and counting them all takes time
RELEVANCE = 10  # how many stars the best match is worth: `score` = 10 × rank of the words + `standing` of the gig
UNREAD = ("search_vector", "description", "stamps")  # large columns that no list shows
COMPARISONS = {"exact": operator.eq, "gt": operator.gt, "gte": operator.ge, "lte": operator.le}
ON_CARDS = (
    *("public_id", "slug", "title", "currency", "from_price", "cover_id", "rating_total", "rating_count"),
    *("basic_price", "stage_count", "longest_stage_days", "least_part", "may_have_milestones"),
    *("seller__public_id", "seller__name", "seller__email"),
)

ORDERS = {
    Sorting.BEST: Order(columns=("standing", "id"), kinds=(float, int)),
    Sorting.NEWEST: Order(columns=("published_at", "id"), kinds=(datetime, int)),
    Sorting.RATED: Order(columns=("stars", "id"), kinds=(float, int)),
    Sorting.CHEAPEST: Order(columns=("currency", "from_price", "id"), kinds=(str, int, int), ascending=True),
    Sorting.DEAREST: Order(columns=("currency", "from_price", "id"), kinds=(str, int, int)),
}
BY_SCORE = Order(columns=("score", "id"), kinds=(float, int))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a visitor asked for; prices are minor units of `currency`, which they need to mean anything."""

    words: str = ""
    category: Category | None = None
    subcategory: Subcategory | None = None
    currency: str = ""
    least_price: int | None = None
    most_price: int | None = None
    days: int | None = None
    milestones: bool = False
    country: str = ""
    language: str = ""
    seller: User | None = None
    sorting: Sorting = Sorting.BEST

    @property
    def place(self) -> str:
        """Where in the catalogue: the subcategory's or category's name, empty for all of it."""
        return str(self.subcategory or self.category or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class GigPage:
    """One page of a list. `count` is None beyond its first page, and for the whole catalogue.

    `meant` is what was searched instead of the words.
    """

    page: KeysetPage
    count: int | None
    meant: str = ""

    @property
    def many(self) -> bool:
        """Whether there are more than were counted."""
        return self.count is not None and self.count > COUNTED


def as_cards(gigs: QuerySet[Gig], *, policies: Policies) -> Cards:
    """`gigs` with what a card shows; `milestone_count` is 0 where there are none or they are hidden (R-GIG-7)."""
    gigs = gigs.select_related("seller").defer(*UNREAD)
    shown = When(milestones_shown(policies), then=F("stage_count"))
    return gigs.annotate(milestone_count=Case(shown, default=Value(0), output_field=IntegerField()))


def milestones_shown(policies: Policies) -> Q:
    """The gigs for which `workflow_failures` finds nothing: what the facts hold, under the policy of their currency."""
    limits = (Q(**{f"{name}__{how}": bound for name, how, bound in _limits(policy)}) for policy in policies.values())
    return Q(may_have_milestones=True) & reduce(or_, limits, Q(pk__in=[]))


def _shown_count(gig: Gig, policies: Policies) -> int:
    """How many milestones of a gig that was read the buyers see: the same condition without a statement."""
    policy = policies.get(gig.currency)
    if not gig.may_have_milestones or policy is None:
        return 0
    within = all(COMPARISONS[how](getattr(gig, name), bound) for name, how, bound in _limits(policy))
    return gig.stage_count if within else 0


def _limits(policy: MilestonePolicy) -> tuple[tuple[str, str, Any], ...]:
    """What `policy` asks of a gig's facts, each as column, comparison and bound."""
    return (
        ("currency", "exact", policy.currency),
        ("basic_price", "gt", policy.gig_price_over),
        ("stage_count", "gte", max(policy.gig_min_milestones, 1)),
        ("stage_count", "lte", policy.gig_max_milestones),
        ("longest_stage_days", "lte", policy.milestone_max_days),
        ("least_part", "gte", policy.milestone_min_price),
    )


def browse_page(filters: Filters, *, policies: Policies, cursor: str, size: int) -> GigPage:
    """`size` gigs as cards, from `cursor` on. Words that nothing matches are taken for what they resemble."""
    understood = read_words(filters.words)
    page = _cut(filters, understood, policies, cursor, size)
    if not page.rows and filters.words and (meant := correct_words(filters.words)):
        understood, page = meant, _cut(filters, meant, policies, cursor, size)
    if not page.rows and cursor:  # what it pointed at is gone
        return browse_page(filters, policies=policies, cursor="", size=size)
    count = None
    if not page.previous and without_each(filters):
        count = _filtered(filters, understood, policies).order_by()[: COUNTED + 1].count()
    return GigPage(page=page, count=count, meant=understood.meant)


def browse_gigs(filters: Filters, *, policies: Policies) -> Cards:
    """All gigs that `filters` ask for, as cards in their order: for who cuts the pages otherwise."""
    understood = read_words(filters.words)
    gigs = _filtered(filters, understood, policies)
    if filters.words and not gigs.exists() and (meant := correct_words(filters.words)):
        understood, gigs = meant, _filtered(filters, meant, policies)
    order = _order(filters)
    columns = [name if order.ascending else f"-{name}" for name in order.columns]
    return _scored(as_cards(gigs, policies=policies), understood).order_by(*columns)


def _cut(filters: Filters, understood: Understood, policies: Policies, cursor: str, size: int) -> KeysetPage:
    order = _order(filters)
    sorted_by = [name for name in order.columns if order is not BY_SCORE]
    gigs = _filtered(filters, understood, policies).select_related("seller").only(*ON_CARDS, *sorted_by)
    page = cut_page(_scored(gigs, understood), order=order, cursor=cursor, size=size)
    for gig in page.rows:  # by hand, as building it into each statement takes longer than the statement
        gig.milestone_count = _shown_count(gig, policies)
    return page


def _order(filters: Filters) -> Order:
    return BY_SCORE if filters.words and filters.sorting == Sorting.BEST else ORDERS[filters.sorting]


def service_fees(policies: Policies) -> list[int]:
    """The buyer's service fees in basis points, for the words beside a list of prices (R-PAY-6)."""
    rates = sorted({policy.buyer_fee_bp for policy in policies.values()})
    return [] if rates == [0] else rates


def suggested_gigs(*, policies: Policies, limit: int) -> list[Gig]:
    """The gigs of the best standing, those with milestones first: for the first page."""
    best = as_cards(active_gigs(), policies=policies).order_by("-standing", "-id")
    found = list(best.filter(milestones_shown(policies))[:limit])
    if len(found) < limit:
        found += best.exclude(pk__in=[gig.pk for gig in found])[: limit - len(found)]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """All stars of the revealed reviews of somebody's gigs."""

    total: int
    count: int

    @property
    def mean(self) -> float:
        return self.total / self.count


def rating_of_seller(seller: User) -> Rating | None:
    """None before the first review. Archived gigs count: what was said stays said."""
    sums = seller.gigs.aggregate(total=Sum("rating_total"), count=Sum("rating_count"))
    return Rating(total=sums["total"], count=sums["count"]) if sums["count"] else None


def selling_people() -> QuerySet[User]:
    """Everyone with a gig for sale, for the sitemap."""
    return User.objects.filter(pk__in=active_gigs().order_by().values("seller"))


def open_categories() -> QuerySet[Any]:
    """Categories with how many gigs each has for sale, as `gig_count`."""
    for_sale = Q(subcategories__gigs__is_listed=True)
    return Category.objects.annotate(gig_count=Count("subcategories__gigs", filter=for_sale)).prefetch_related(
        "subcategories"
    )


def without_each(filters: Filters) -> dict[str, Filters]:
    """`filters` loosened in one place at a time, for each that narrows the list now."""
    loose = Filters()
    narrow = {
        "q": ("words",),
        "category": ("category", "subcategory"),
        "least": ("least_price",),
        "most": ("most_price",),
        "days": ("days",),
        "milestones": ("milestones",),
        "country": ("country",),
        "language": ("language",),
    }
    return {
        asked: replace(filters, **{name: getattr(loose, name) for name in names})
        for asked, names in narrow.items()
        if any(getattr(filters, name) != getattr(loose, name) for name in names)
    }


def helpful_to_drop(filters: Filters, *, policies: Policies) -> list[str]:
    """Which of the filters of an empty list alone keeps gigs out of it, by the names that `without_each` gives them."""
    looser = without_each(filters)
    return [
        name
        for name, wider in looser.items()
        if without_each(wider) and _filtered(wider, read_words(wider.words), policies).exists()
    ]


def _filtered(filters: Filters, understood: Understood, policies: Policies) -> QuerySet[Gig]:
    gigs = active_gigs().filter(**_asked(filters))
    if filters.milestones:
        gigs = gigs.filter(milestones_shown(policies))
    if filters.days is not None:
        gigs = gigs.annotate(work_days=_work_days(policies)).filter(work_days__lte=filters.days)
    return gigs.filter(search_vector=understood.query) if understood.query else gigs


def _asked(filters: Filters) -> dict[str, object]:
    """The conditions that are one column each."""
    conditions = {
        "seller": filters.seller,
        "subcategory": filters.subcategory,
        "subcategory__category": None if filters.subcategory else filters.category,
        "currency": filters.currency or None,
        "from_price__gte": filters.least_price,
        "from_price__lte": filters.most_price,
        "country": filters.country or None,
        "languages__contains": [filters.language] if filters.language else None,
    }
    return {name: value for name, value in conditions.items() if value is not None}


def _scored(gigs: Cards, understood: Understood) -> Cards:
    if understood.query is None:
        return gigs
    rank = Cast(SearchRank(F("search_vector"), understood.query), FloatField())
    return gigs.annotate(score=Value(float(RELEVANCE)) * rank + F("standing"))


def _work_days(policies: Policies) -> Case:
    """The days of the quickest package, as the gig's page counts them: its milestones' where it is paid by them."""
    by_plan = milestones_shown(policies) & Q(quickest_plan_days__isnull=False)
    return Case(When(by_plan, then=F("quickest_plan_days")), default=F("quickest_days"), output_field=IntegerField())
