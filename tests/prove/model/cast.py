"""The people, gigs and offers that every history begins with, made once and restored after each.

Histories commit for real: an outer transaction that is rolled back would hide the deferred constraints, which act at
COMMIT, and durable blocks. What a history wrote is deleted by plain DELETEs past the append-only triggers (to TRUNCATE
every table takes ten times as long), and the offers that it accepted are put back.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from accounts.models import User
from gigs.models import Gig
from gigs.selectors import plan_terms
from inbox.services import open_conversation
from milestones.enums import OrderType, PackageTier
from milestones.models import Plan
from milestones.services.policies import next_version
from offers.models import Offer
from offers.services.drafting import Draft, save_draft
from offers.services.sending import send_offer
from offers.terms import DraftTerms, TypedMilestone
from orders.models import Order
from orders.services import placing
from tests.factories.accounts import make_agent, make_seller, make_user
from tests.factories.gigs import NO_MILESTONES, make_gig
from tests.factories.milestones import make_design, shipped_policy
from tests.prove.model.clock import StillClock
from tests.prove.model.terms import CLASSIC, STANDARD, Agreement, Policy

BEGINS = {
    STANDARD.name: datetime(2031, 3, 3, 9, 0, tzinfo=UTC),
    CLASSIC.name: datetime(2036, 3, 3, 9, 0, tzinfo=UTC),
}
CLASSIC_SINCE = datetime(2035, 1, 1, tzinfo=UTC)
# Prices whose shares don't come out even; days; revisions of each milestone, and under classic of the whole order.
OFFERS: dict[str, list[tuple[tuple[int, ...], int, int]]] = {
    STANDARD.name: [
        ((123_45,), 3, 1),
        ((60_01, 80_03), 5, 2),
        ((33_33, 33_35, 33_37), 1, 0),
        ((5_00, 99_99, 7_77, 1_234_56), 2, 1),
        ((21_11, 21_13, 21_17, 21_19, 21_23), 4, 1),
        ((50_05, 50_15, 50_25, 50_35, 50_45, 50_55), 30, 3),
    ],
    CLASSIC.name: [((101_01,), 3, 1), ((60_01, 80_03), 5, 2), ((45_67, 45_69, 45_71), 2, 0)],
}
GIGS: list[tuple[tuple[int, ...], int]] = [((260_00,), 0), ((100_10, 159_95), 2), ((40_04, 50_05, 60_06, 70_07), 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One way in which a history begins: an offer that was sent, or a gig."""

    policy: Policy
    offer: Offer | None = None
    gig: Gig | None = None


class Cast:
    """Who is there, and the starts. The clock stands at a policy's first instant while its offers are made."""

    def __init__(self, clock: StillClock) -> None:
        self.clock = clock
        clock.set(BEGINS[STANDARD.name])
        self.buyer, self.seller = make_user("Bruno Buyer"), make_seller("Selma Seller")
        self.stranger, self.agent = make_user("Stig Stranger"), make_agent("Agnes Agent")
        next_version(policy=shipped_policy(CLASSIC.name), changes={}, effective_from=CLASSIC_SINCE)
        self.gigs = [self._gig(parts, questions) for parts, questions in GIGS]
        self.starts = [Start(policy=STANDARD, gig=gig) for gig in self.gigs]
        self.starts.append(Start(policy=CLASSIC, gig=self.gigs[0]))
        for policy in (STANDARD, CLASSIC):
            clock.set(BEGINS[policy.name])
            self.starts += [Start(policy=policy, offer=self._offer(*terms)) for terms in OFFERS[policy.name]]
        self._restore = _restoring_sql()

    def place(self, start: Start) -> Order:
        """An order that nobody has paid."""
        self.clock.set(BEGINS[start.policy.name])
        if start.offer is not None and start.offer.plan is not None:
            offer = Offer.objects.get(pk=start.offer.pk)
            return placing.place_from_offer(offer=offer, buyer=self.buyer, shown_digest=start.offer.plan.digest)
        assert start.gig is not None
        digest = plan_terms(start.gig, PackageTier.BASIC).digest
        return placing.place_from_gig(gig=start.gig, tier=PackageTier.BASIC, buyer=self.buyer, shown_digest=digest)

    def restore(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._restore)

    def _gig(self, parts: tuple[int, ...], questions: int) -> Gig:
        design = make_design(*parts, days=3) if len(parts) > 1 else NO_MILESTONES
        return make_gig(self.seller, prices={PackageTier.BASIC: sum(parts)}, design=design, questions=questions)

    def _offer(self, prices: tuple[int, ...], days: int, revisions: int) -> Offer:
        draft = Draft(
            order_type=OrderType.MILESTONES if len(prices) > 1 else OrderType.SINGLE,
            title="A film in steps",
            description="Made one step at a time.",
            gig=self.gigs[0],
            typed=DraftTerms(
                revisions=str(revisions),
                milestones=tuple(
                    TypedMilestone(
                        name=f"Step {number}",
                        description="What it is.",
                        criteria="It works",
                        days=str(days),
                        amount=f"{price // 100}.{price % 100:02}",
                        revisions=str(revisions),
                    )
                    for number, price in enumerate(prices, start=1)
                ),
            ),
        )
        talk = open_conversation(starter=self.buyer, other=self.seller, now=self.clock())
        offer = save_draft(seller=self.seller, conversation=talk, draft=draft, now=self.clock())
        return send_offer(offer=offer, seller=self.seller)


def agreement_of(plan: Plan, policy: Policy, *, has_questions: bool) -> Agreement:
    """The terms that both were shown."""
    planned = list(plan.milestones.all())
    return Agreement(
        policy=policy,
        prices=tuple(each.amount for each in planned),
        days=tuple(each.days for each in planned),
        revisions=tuple(each.revisions for each in planned),
        revisions_in_all=plan.revisions,
        has_questions=has_questions,
    )


def _restoring_sql() -> str:
    """Statements that put every table back as it is now."""
    statements = ["BEGIN", "SET LOCAL session_replication_role = replica"]
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS begun CASCADE")
        cursor.execute("CREATE SCHEMA begun")
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'CREATE TABLE begun."{table}" AS TABLE public."{table}"')
            if cursor.rowcount == 0:
                statements.append(f'DELETE FROM public."{table}"')
            elif table.startswith(("offers_offer", "inbox_", "notifications_", "milestones_plan")):
                statements.append(f'DELETE FROM public."{table}"')
                statements.append(f'INSERT INTO public."{table}" SELECT * FROM begun."{table}"')
    return ";".join([*statements, "COMMIT"])


def people(cast: Cast) -> dict[str, User]:
    return {"buyer": cast.buyer, "seller": cast.seller, "support": cast.agent}
