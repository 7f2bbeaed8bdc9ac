"""Lists of gigs: search that forgives typing errors, filters, sorting (R-GIG-9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from gigs.enums import Sorting
from gigs.models import Category, Gig, Package, Subcategory
from gigs.selectors.catalogue import active_gigs
from milestones.enums import PackageTier
from milestones.models import MilestonePolicy, Stage, StagePackage

Cards: TypeAlias = Any  # a queryset of gigs with the annotations of `as_cards`, which the type checker can't follow
Policies: TypeAlias = Mapping[str, MilestonePolicy]  # the policy in force of each currency
ALIKE = 0.3  # word similarity from which a title or tag counts as meant: one or two wrong letters in a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a visitor asked for; prices are minor units of `currency`, which they need to mean anything."""

    words: str = ""
    category: Category | None = None
    subcategory: Subcategory | None = None
    currency: str = ""
    least_price: int | None = None
    most_price: int | None = None
    milestones: bool = False
    sorting: Sorting = Sorting.BEST

    @property
    def place(self) -> str:
        """Where in the catalogue: the subcategory's or category's name, empty for all of it."""
        return str(self.subcategory or self.category or "")


def as_cards(gigs: QuerySet[Gig], *, policies: Policies) -> Cards:
    """`gigs` with what a card shows: `from_price` (minor units), `from_currency`, `milestone_count` (0: none shown).

    The count follows `workflow_failures`, in SQL, for the reasons that a change of the gig can bring about.
    """
    cheapest = Package.objects.filter(gig=OuterRef("pk")).order_by("price")
    gigs = gigs.select_related("seller", "subcategory").prefetch_related("images")
    gigs = gigs.annotate(
        from_price=Subquery(cheapest.values("price")[:1]), from_currency=Subquery(cheapest.values("currency")[:1])
    )
    return _with_milestone_count(gigs, policies)


def browse_gigs(filters: Filters, *, policies: Policies) -> Cards:
    """Active gigs as cards. Words are matched as language first, and by likeness when nothing matches."""
    gigs = as_cards(active_gigs(), policies=policies)
    if filters.subcategory:
        gigs = gigs.filter(subcategory=filters.subcategory)
    elif filters.category:
        gigs = gigs.filter(subcategory__category=filters.category)
    if filters.currency:
        gigs = gigs.filter(currency=filters.currency)
    if filters.least_price is not None:
        gigs = gigs.filter(from_price__gte=filters.least_price)
    if filters.most_price is not None:
        gigs = gigs.filter(from_price__lte=filters.most_price)
    if filters.milestones:
        gigs = gigs.filter(milestone_count__gt=0)
    return _sort(_search(gigs, filters.words), filters)


def suggested_gigs(*, policies: Policies, limit: int) -> Cards:
    """The newest gigs, those with milestones first: for the first page."""
    gigs = as_cards(active_gigs(), policies=policies)
    with_some = Case(When(milestone_count__gt=0, then=Value(0)), default=Value(1))
    return gigs.order_by(with_some, "-published_at", "-pk")[:limit]


def open_categories() -> QuerySet[Any]:
    """Categories with how many active gigs each has, as `gig_count`."""
    for_sale = Q(subcategories__gigs__state="active", subcategories__gigs__seller__is_active=True)
    return Category.objects.annotate(gig_count=Count("subcategories__gigs", filter=for_sale)).prefetch_related(
        "subcategories"
    )


def _search(gigs: Cards, words: str) -> Cards:
    if not words:
        return gigs.annotate(score=Value(0.0))
    query = SearchQuery(words, config="english", search_type="websearch")
    found = gigs.filter(search_vector=query).annotate(score=SearchRank(F("search_vector"), query))
    if found.exists():
        return found
    return gigs.annotate(score=TrigramWordSimilarity(words.lower(), "search_text")).filter(score__gte=ALIKE)


def _sort(gigs: Cards, filters: Filters) -> Cards:
    newest = ("-published_at", "-pk")
    match filters.sorting:
        case Sorting.CHEAPEST:
            return gigs.order_by("currency", "from_price", *newest)
        case Sorting.DEAREST:
            return gigs.order_by("currency", "-from_price", *newest)
        case Sorting.NEWEST:
            return gigs.order_by(*newest)
        case _:
            return gigs.order_by("-score", *newest)


def _with_milestone_count(gigs: QuerySet[Gig], policies: Policies) -> Cards:
    """Adds `milestone_count`, 0 where there are none or they are hidden (R-GIG-7)."""
    stages = Stage.objects.filter(workflow=OuterRef("workflow")).order_by()
    basic = Package.objects.filter(gig=OuterRef("pk"), tier=PackageTier.BASIC).order_by()
    gigs = gigs.annotate(
        stage_count=_counted(stages, "workflow"),
        basic_price=Coalesce(Subquery(basic.values("price")[:1]), Value(0)),
        uneven_packages=_counted(_uneven_packages(), "gig"),
    )
    allowed = Q(subcategory__allows_gig_milestones=True, seller__seller__milestones_blocked_reason="") & reduce(
        or_, (_within_limits(policy) for policy in policies.values()), Q(pk__in=[])
    )
    adds_up = Q(workflow__milestone_payments=False) | Q(uneven_packages=0)
    count = Case(When(allowed & adds_up, then=F("stage_count")), default=Value(0), output_field=IntegerField())
    return gigs.annotate(milestone_count=count)


def _within_limits(policy: MilestonePolicy) -> Q:
    return Q(
        currency=policy.currency,
        basic_price__gt=policy.gig_price_over,
        stage_count__range=(policy.gig_min_milestones, policy.gig_max_milestones),
    )


def _uneven_packages() -> QuerySet[Package]:
    """The packages of the outer gig whose parts don't add up to the price."""
    parts = StagePackage.objects.filter(stage__workflow=OuterRef("gig__workflow"), tier=OuterRef("tier")).order_by()
    assigned = Coalesce(Subquery(parts.values("tier").annotate(whole=Sum("part")).values("whole")), Value(0))
    packages = Package.objects.filter(gig=OuterRef("pk")).order_by().annotate(assigned=assigned)
    return packages.exclude(price=F("assigned"))


def _counted(rows: QuerySet[Any], group: str) -> Coalesce:
    """How many `rows` the outer row has."""
    return Coalesce(Subquery(rows.values(group).annotate(n=Count("pk")).values("n")), Value(0))
