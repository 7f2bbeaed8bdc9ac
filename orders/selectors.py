"""Reading orders: who sees which, where one stands, what this person can do now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import acts_for, may, team_of
from marketplace.kernel.errors import Unknown
from orders.actors import party
from orders.enums import FINAL_ORDER_STATES, Completion, MilestoneState, OrderState, Role
from orders.errors import NoteUnknown, TaskUnknown
from orders.guards import Facts, refusal
from orders.models import (
    Delivery,
    DeliveryFile,
    Milestone,
    Order,
    OrderHold,
    OrderNote,
    OrderRequirement,
    Task,
    TaskNote,
    TimelineEntry,
)
from orders.transitions import PROCESS
from payments.enums import ChargeState
from payments.models import Charge, SavedMethod
from payments.selectors import saved_methods


def orders_of(user: User) -> QuerySet[Order]:
    """Every order that `user` is a side of, also as a manager of the seller's team.

    The only door for pages and the API, so that a stranger gets 404.
    """
    return Order.objects.filter(Q(buyer=user) | Q(seller__in=acts_for(user, Ability.SEE_ORDERS))).select_related(
        "buyer", "seller", "plan", "policy", "gig", "offer", "method"
    )


def are_bound(one: User, other: User) -> bool:
    """Whether an order of the two that was paid for is under way, so that they must be able to talk about it."""
    pair = Q(buyer=one, seller=other) | Q(buyer=other, seller=one)
    over = FINAL_ORDER_STATES | {OrderState.PENDING_PAYMENT}
    return Order.objects.filter(pair).exclude(state__in=over).exists()


def with_milestones(orders: QuerySet[Order]) -> QuerySet[Order]:
    """`orders` with their milestones and terms, in a constant number of queries."""
    return orders.prefetch_related(
        Prefetch("milestones", Milestone.objects.select_related("planned", "charge__method"))
    )


def own_running_orders(user: User) -> QuerySet[Order]:
    """What `user` buys and sells in person, until it ends, with milestones: not what their teams do."""
    own = orders_of(user).filter(Q(buyer=user) | Q(seller=user))
    return with_milestones(own.exclude(state__in=FINAL_ORDER_STATES))


@dataclass(frozen=True, slots=True)
class Change:
    """The latest entry of an order's timeline, and how many there are: no date of an order moves without one."""

    last_at: datetime
    number: int


def changes_of(orders: Collection[Order]) -> dict[int, Change]:
    """By the order's key. One query."""
    written = TimelineEntry.objects.filter(order__in=orders).order_by()
    read = written.values_list("order").annotate(last_at=Max("at"), number=Count("pk"))
    found = {key: Change(last_at, number) for key, last_at, number in read}
    return {order.pk: found.get(order.pk, Change(order.created_at, 0)) for order in orders}


def facts_of(order: Order, *, now: datetime) -> Facts:
    """An order as it is now, for a page; reads prefetched milestones when there are."""
    milestones = list(order.milestones.all())
    for milestone in milestones:
        milestone.order = order
    return Facts(order=order, milestones=milestones, now=now)


def actions(facts: Facts, role: Role) -> list[str]:
    """The names of the transitions that `role` can take now, in table order: what buttons and API actions exist."""
    rows = PROCESS.allowed(facts.standing, role)
    return [row.name for row in rows if refusal(facts, row) is None]


@dataclass(frozen=True, slots=True)
class OrderView:
    """What a page or the API shows of one order to one person."""

    facts: Facts
    role: Role
    actions: tuple[str, ...]

    @property
    def order(self) -> Order:
        return self.facts.order

    @property
    def is_buyer(self) -> bool:
        return self.role == Role.BUYER

    @property
    def current(self) -> Milestone | None:
        return self.facts.current

    @property
    def following(self) -> Milestone | None:
        return self.facts.following

    @property
    def revisions_left(self) -> int:
        return self.facts.revisions_left()

    @property
    def is_over(self) -> bool:
        return self.order.state in FINAL_ORDER_STATES

    @property
    def seller_left(self) -> bool:
        """Whether the seller's account was closed: nothing more is charged then (R-PAY-3)."""
        return not self.order.seller.is_active

    @property
    def can_pay(self) -> bool:
        """Whether the buyer may open the payment page: unpaid, declined, or wanted by the bank (R-PAY-2)."""
        current = self.current
        unpaid = current is not None and current.state in (
            MilestoneState.CHARGING,
            MilestoneState.PAYMENT_FAILED,
            MilestoneState.ACTION_REQUIRED,
        )
        return self.is_buyer and unpaid and not self.order.held_since and not self.seller_left

    @property
    def charge_to_pay(self) -> Charge | None:
        """The charge that the payment page would be opened for."""
        return self.current.charge if self.can_pay and self.current else None

    @property
    def awaits_payer(self) -> bool:
        """Whether that charge waits for what the buyer does on the payment page: the bank has said nothing yet."""
        return self.charge_to_pay is not None and self.charge_to_pay.state == ChargeState.AWAITING_PAYER


def view_order(order: Order, user: User, *, now: datetime) -> OrderView:
    """`order` as `user` sees it. Raises OrderUnknown for a stranger."""
    role = party(order, user, Ability.SEE_ORDERS).role
    facts = facts_of(order, now=now)
    return OrderView(facts=facts, role=role, actions=tuple(actions(facts, role)))


def cards_of(view: OrderView) -> list[SavedMethod]:
    """The buyer's saved cards that the next charge may take, last used first: not one that the bank refused for it for
    good. What was kept by several payments is one card, the order's own if it is among them.
    """
    charge = view.current.charge if view.current else None
    refused = charge.method.looks if charge and charge.method and charge.method_refused else None
    found: dict[object, SavedMethod] = {}
    for card in saved_methods(view.order.buyer):
        if card.looks != refused and (card.looks not in found or card.pk == view.order.method_id):
            found[card.looks] = card
    return list(found.values())


def live_orders_by_card(user: User) -> dict[int, list[Order]]:
    """Which of the buyer's orders that have not ended are paid with which saved card."""
    found: dict[int, list[Order]] = {}
    live = Order.objects.filter(buyer=user, method__isnull=False).exclude(state__in=FINAL_ORDER_STATES)
    for order in live.order_by("pk"):
        if order.method_id is not None:
            found.setdefault(order.method_id, []).append(order)
    return found


def standing_holds(order: Order) -> list[OrderHold]:
    """Why `order` is on hold, oldest first."""
    return list(order.holds.filter(lifted_at=None)) if order.held_since else []


def timeline_of(order: Order) -> QuerySet[TimelineEntry]:
    return order.timeline.select_related("actor", "milestone__planned").order_by("-pk")


def deliveries_of(order: Order) -> QuerySet[Delivery]:
    """Newest first, with files, links and the revisions that were asked for."""
    return (
        Delivery.objects.filter(milestone__order=order)
        .select_related("milestone__planned")
        .prefetch_related("files", "links", "revisions")
        .order_by("-delivered_at", "-pk")
    )


def answer_with_file(order: Order, position: int) -> OrderRequirement:
    """The question at `position` that was answered with a file. Raises Unknown."""
    answered = order.requirements.filter(position=position).exclude(file="").first()
    if answered is None:
        raise Unknown
    return answered


def file_for(user: User, file_id: str) -> DeliveryFile | None:
    """A delivered file that `user` may download now; held-back originals only once accepted (R-ORD-5)."""
    file = (
        DeliveryFile.objects.select_related("delivery__milestone__order")
        .filter(delivery__milestone__order__in=orders_of(user).values("pk"), public_id=file_id)
        .first()
    )
    if file is None or user.pk != file.delivery.milestone.order.buyer_id:
        return file
    released = file.delivery.milestone.state == MilestoneState.ACCEPTED
    return file if released or not file.held_back else None


# --- Tasks: of the seller's side alone (R-ORD-15) ---------------------------------------------------------------------
def assigns_tasks(user: User, order: Order) -> bool:
    """Whether `user` says what is to be done on this order and by whom; never its buyer."""
    return user.pk != order.buyer_id and may(user, order.seller, Ability.ASSIGN_TASKS)


def people_for_tasks(order: Order) -> list[User]:
    """Who can have a task of this order: the seller first, then the team, without the order's buyer."""
    people = [order.seller, *(member.user for member in team_of(order.seller))]
    return [person for person in people if person.pk != order.buyer_id]


def tasks_of(order: Order) -> QuerySet[Task]:
    """All of an order's, by milestone. The caller has checked that the reader assigns tasks."""
    return Task.objects.filter(milestone__order=order).select_related("assignee", "done_by", "milestone__planned")


def _tasks_for(user: User) -> QuerySet[Task]:
    given = Q(assignee=user, milestone__order__seller__in=acts_for(user, Ability.DO_TASKS))
    managed = Q(milestone__order__seller__in=acts_for(user, Ability.ASSIGN_TASKS))
    return (
        Task.objects.filter(given | managed)
        .exclude(milestone__order__buyer=user)
        .select_related("assignee", "done_by", "milestone__planned", "milestone__order__seller")
    )


def task_for(user: User, public_id: str) -> Task:
    """One that `user` has, or manages. Raises TaskUnknown, also once they have left the team."""
    task = _tasks_for(user).filter(public_id=public_id).first()
    if task is None:
        raise TaskUnknown
    return task


def open_tasks(user: User) -> QuerySet[Task]:
    """What `user` has to do on orders that run, the next due first, those without a date last."""
    todo = _tasks_for(user).filter(assignee=user, done_at=None)
    return todo.exclude(milestone__order__state__in=FINAL_ORDER_STATES).order_by(F("due_on").asc(nulls_last=True), "pk")


def note_file_for(user: User, public_id: str) -> TaskNote:
    """A file on a task that `user` may see. Raises TaskUnknown."""
    note = TaskNote.objects.filter(public_id=public_id, task__in=_tasks_for(user).values("pk")).exclude(file="").first()
    if note is None:
        raise TaskUnknown
    return note


# --- Notes: shared, or of one side alone (R-ORD-15) -------------------------------------------------------------------
def notes_of(order: Order, role: Role) -> QuerySet[OrderNote]:
    """What the people of `role` read, newest first: their side's notes and what the other side shared."""
    return order.notes.filter(Q(is_shared=True) | Q(side=role)).select_related("author")


def own_note(order: Order, user: User, public_id: str) -> OrderNote:
    """One that `user` wrote. Raises NoteUnknown, and OrderUnknown once they are on neither side."""
    role = party(order, user, Ability.SEE_ORDERS).role
    note = notes_of(order, role).filter(author=user, public_id=public_id).first()
    if note is None:
        raise NoteUnknown
    return note


def count_finished(seller: User) -> int:
    """Orders that `seller` brought to their end, for the public profile."""
    return Order.objects.filter(seller=seller, completion=Completion.FINISHED).count()
