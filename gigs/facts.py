"""What lists need to know of a gig at once: kept beside it by the database, so that no list counts or adds up.

Only what holds under every policy is stored; what a policy says about it is asked when a list is read
(`selectors/browsing.py`). So a policy changes every list at the instant at which it comes into force, with nothing to
refresh.
"""

from collections.abc import Iterator

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

NO_PART = 2**63 - 1  # above every bound; FACTS has it in figures
FACTS = """
    SELECT min(price), coalesce(min(price) FILTER (WHERE tier = 'basic'), 0), min(delivery_days)
        INTO NEW.from_price, NEW.basic_price, NEW.quickest_days
        FROM gigs_package WHERE gig_id = NEW.id;
    NEW.is_listed = NEW.state = 'active' AND (SELECT is_active FROM accounts_user WHERE id = NEW.seller_id);
    NEW.cover_id = coalesce(
        (SELECT public_id FROM gigs_gigimage WHERE gig_id = NEW.id ORDER BY position, id LIMIT 1), '');
    SELECT place.allows_gig_milestones AND seller.milestones_blocked_reason = '', seller.country, seller.languages
        INTO NEW.may_have_milestones, NEW.country, NEW.languages
        FROM gigs_subcategory place, accounts_sellerprofile seller
        WHERE place.id = NEW.subcategory_id AND seller.user_id = NEW.seller_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only sellers have gigs';
    END IF;
    NEW.stage_count = 0;
    NEW.longest_stage_days = 0;
    NEW.least_part = 9223372036854775807;
    NEW.quickest_plan_days = NULL;
    IF NEW.workflow_id IS NOT NULL THEN
        SELECT milestone_payments INTO payments FROM milestones_workflow WHERE id = NEW.workflow_id;
        WITH packages AS (SELECT tier, price FROM gigs_package WHERE gig_id = NEW.id),
        parts AS (
            SELECT stage.id, stage.name, share.tier, share.days, share.part
            FROM milestones_stage stage LEFT JOIN (milestones_stagepackage share JOIN packages USING (tier))
                ON share.stage_id = stage.id
            WHERE stage.workflow_id = NEW.workflow_id
        ),
        sums AS (
            SELECT packages.price, count(parts.id) AS stages, sum(parts.part) AS assigned, sum(parts.days) AS days
            FROM packages LEFT JOIN parts USING (tier) GROUP BY packages.tier, packages.price
        )
        SELECT CASE WHEN (SELECT bool_and(name ~ '\\S' AND coalesce(days, 0) >= 1) FROM parts)
                AND (SELECT bool_and(stages > 0 AND (NOT payments OR assigned = price)) FROM sums)
                THEN (SELECT count(DISTINCT id) FROM parts) ELSE 0 END,
            (SELECT coalesce(max(days), 0) FROM parts),
            CASE WHEN payments THEN (SELECT coalesce(min(part), 0) FROM parts) ELSE 9223372036854775807 END,
            CASE WHEN payments THEN (SELECT min(days) FROM sums) END
            INTO NEW.stage_count, NEW.longest_stage_days, NEW.least_part, NEW.quickest_plan_days;
    END IF;
"""
SEARCH = """
    IF TG_OP = 'INSERT' OR ROW(NEW.title, NEW.tags, NEW.description) IS DISTINCT FROM
            ROW(OLD.title, OLD.tags, OLD.description) OR NEW.search_vector IS NULL THEN
        NEW.search_vector = setweight(to_tsvector('english', NEW.title), 'A')
            || setweight(to_tsvector('english', array_to_string(NEW.tags, ' ')), 'B')
            || setweight(to_tsvector('english', NEW.description), 'C');
        INSERT INTO gigs_searchword (word)
            SELECT word FROM unnest(tsvector_to_array(
                to_tsvector('simple', NEW.title || ' ' || array_to_string(NEW.tags, ' '))
            )) AS word
            WHERE length(word) BETWEEN 3 AND 40 AND word !~ '[0-9]' ORDER BY word
            ON CONFLICT DO NOTHING;
    END IF;
"""
# Stars as if every gig began with five reviews of four stars, and one star more or less for half a year of age: the
# same for all gigs at any time, so that an index holds the order (docs/adr/0017).
STANDING = """
    NEW.standing = (NEW.rating_total + 20.0) / (NEW.rating_count + 5)
        + extract(epoch FROM coalesce(NEW.published_at, NEW.created_at)) / (182.5 * 86400);
    NEW.stars = (NEW.rating_total + 20.0) / (NEW.rating_count + 5);
"""


class ListedFacts(models.Model):
    """Columns that a trigger fills at each change of the gig, its packages and its workflow. Prices: minor units."""

    rating_total = models.PositiveIntegerField(default=0, editable=False, help_text="All stars of revealed reviews.")
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    stars = models.FloatField(default=4, editable=False, help_text="The rating to sort by: few reviews weigh little.")
    standing = models.FloatField(default=0, editable=False, help_text="Rating and age in one number.")
    cover_id = models.CharField(max_length=32, blank=True, editable=False, help_text="The first picture.")
    country = models.CharField(max_length=2, blank=True, editable=False, help_text="The seller’s.")
    languages = ArrayField(models.CharField(max_length=2), default=list, editable=False, help_text="The seller’s.")
    may_have_milestones = models.BooleanField(
        default=False, editable=False, help_text="Its subcategory and seller may."
    )
    is_listed = models.BooleanField(
        default=False, editable=False, help_text="Active, of a seller with an open account."
    )
    from_price = models.BigIntegerField(null=True, editable=False, help_text="The cheapest package.")
    basic_price = models.BigIntegerField(default=0, editable=False)
    quickest_days = models.PositiveSmallIntegerField(null=True, editable=False)
    stage_count = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="0 also when its workflow can't be shown under any policy."
    )
    longest_stage_days = models.PositiveSmallIntegerField(default=0, editable=False)
    least_part = models.BigIntegerField(
        default=NO_PART, editable=False, help_text="The largest number there is: not paid by milestones."
    )
    quickest_plan_days = models.PositiveIntegerField(null=True, editable=False)
    search_vector = SearchVectorField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def rating(self) -> float | None:
        """The mean of the revealed reviews' stars; None before the first."""
        return self.rating_total / self.rating_count if self.rating_count else None


def filling() -> pgtrigger.Trigger:
    """The one place where the facts are made."""
    return pgtrigger.Trigger(
        name="gig_fills_facts",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("payments", "boolean")],
        func=f"{FACTS}{SEARCH}{STANDING}RETURN NEW;",
    )


def renewing(rows: str, gigs: str) -> Iterator[pgtrigger.Trigger]:
    """Triggers for a table whose rows the facts are made of: `gigs` selects the affected gigs from `changed`."""
    events = {"insert": pgtrigger.Insert, "update": pgtrigger.Update, "delete": pgtrigger.Delete}
    for name, event in events.items():
        row = "old" if name == "delete" else "new"
        seen = pgtrigger.Referencing(**{row: "changed"})  # type: ignore[no-untyped-call]
        yield pgtrigger.Trigger(
            name=f"{rows}_{name}_renews_gig",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=event,
            referencing=seen,
            func=f"UPDATE gigs_gig SET state = state WHERE {gigs}; RETURN NULL;",  # noqa: S608 from models.py
        )
