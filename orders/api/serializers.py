"""An order as programs see it, from their own side. Money is minor units, instants are UTC."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inbox.api import PersonOut
from marketplace.web.serializers import MoneyOut
from orders.enums import Completion, ExtensionState, MilestoneState, OrderState, Role
from orders.models import Milestone
from orders.presenters.cards import next_charge_of
from orders.presenters.choices import asks_for_payment
from orders.presenters.deliveries import FileRow, Handover
from orders.presenters.money import Purse
from orders.presenters.silence import silence_of
from orders.presenters.story import Happening
from orders.presenters.turns import is_yours, turn_of
from orders.presenters.words import total_price
from orders.selectors import OrderView


class MilestoneOut(serializers.Serializer[Milestone]):
    """One stage of the plan and how far it has come. `to_pay` is price plus the buyer's fee."""

    id = serializers.CharField(source="public_id")
    position = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(source="planned.description")
    criteria = serializers.ListField(source="planned.criteria", child=serializers.CharField())
    state = serializers.ChoiceField(choices=MilestoneState.choices)
    price = MoneyOut()
    fee = MoneyOut()
    to_pay = MoneyOut()
    days = serializers.IntegerField(source="planned.days")
    substeps = serializers.ListField(source="planned.substeps", child=serializers.CharField())
    video_call = serializers.BooleanField(source="planned.video_call")
    revisions = serializers.IntegerField(source="planned.revisions")
    revisions_used = serializers.IntegerField()
    extension = serializers.ChoiceField(choices=ExtensionState.choices)
    begins_at = serializers.DateTimeField(
        allow_null=True, help_text="Of a subscription: the date on which the month begins and is charged"
    )
    started_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    late_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    review_deadline = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)


class NextChargeOut(serializers.Serializer[Any]):
    """For the buyer alone: the card that pays next, and what the bank said the last time it refused."""

    card = serializers.CharField(help_text="“Visa •••• 4242”; empty where the payment page is needed")
    card_expires_at = serializers.DateTimeField(allow_null=True)
    warning = serializers.CharField(help_text="Why the card may not do for the next milestone; empty when it does")
    refusal = serializers.CharField(help_text="The bank’s refusal in words; empty where nothing was refused")
    refusal_code = serializers.CharField()
    remedy = serializers.CharField(help_text="retry_later, new_card, authenticate or stop; empty without a refusal")
    retry_at = serializers.DateTimeField(allow_null=True, help_text="When it is tried again by itself")


class OrderRowOut(serializers.Serializer[OrderView]):
    """An order in a list. `actions` are the steps that you may take now, each under `actions/`."""

    id = serializers.CharField(source="order.public_id")
    number = serializers.CharField(source="order.number")
    title = serializers.CharField(source="order.title")
    side = serializers.ChoiceField(source="role", choices=[Role.BUYER.value, Role.SELLER.value])
    buyer = PersonOut(source="order.buyer")
    seller = PersonOut(source="order.seller")
    state = serializers.ChoiceField(source="order.state", choices=OrderState.choices)
    completion = serializers.ChoiceField(source="order.completion", choices=Completion.choices, allow_blank=True)
    order_type = serializers.CharField(source="order.order_type")
    total = serializers.SerializerMethodField()
    milestones = MilestoneOut(source="facts.milestones", many=True)
    turn = serializers.SerializerMethodField()
    is_your_turn = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    can_pay = serializers.SerializerMethodField()
    if_nobody_acts = serializers.SerializerMethodField()
    next_charge = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="order.created_at")
    unpaid_deadline = serializers.DateTimeField(source="order.unpaid_deadline")
    pay_by = serializers.DateTimeField(source="order.pay_by", allow_null=True)
    held_since = serializers.DateTimeField(
        source="order.held_since",
        allow_null=True,
        help_text="On hold since then: no deadline runs, and afterwards each has moved by that time",
    )
    began_at = serializers.DateTimeField(source="order.began_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="order.ended_at", allow_null=True)

    @extend_schema_field(MoneyOut)
    def get_total(self, view: OrderView) -> Any:
        """The seller's price of the whole plan, without the buyer's fee."""
        return MoneyOut(total_price(view.facts.milestones, view.order)).data

    @extend_schema_field(serializers.ChoiceField(choices=["buyer", "seller", "bank", "nobody"]))
    def get_turn(self, view: OrderView) -> str:
        return turn_of(view.facts).value

    def get_actions(self, view: OrderView) -> list[str]:
        """The steps that you may take now. Paying, again or for the first time, is `pay/` while `can_pay`."""
        return [name for name in view.actions if name != "pay_again"]

    def get_is_your_turn(self, view: OrderView) -> bool:
        return is_yours(view.facts, view.role)

    def get_can_pay(self, view: OrderView) -> bool:
        """Whether `pay/` has a payment page for you now."""
        return asks_for_payment(view)

    @extend_schema_field(NextChargeOut(allow_null=True))
    def get_next_charge(self, view: OrderView) -> Any:
        told = next_charge_of(view)
        return NextChargeOut(told).data if told else None

    def get_if_nobody_acts(self, view: OrderView) -> str:
        """What silence does, in a sentence."""
        return silence_of(view).sentence


class PurseOut(serializers.Serializer[Purse]):
    """Your side of the money, from the ledger. For the buyer with fees; for the seller after commission."""

    charged = MoneyOut()
    held = MoneyOut()
    settled = MoneyOut(help_text="Spent on accepted work, or earned after commission")
    fee = MoneyOut(help_text="The buyer's service fee, or the seller's commission, of what is in the other sums")
    refunded = MoneyOut()
    surplus = MoneyOut(help_text="Paid twice, and not on its way back yet")
    ahead = MoneyOut(help_text="Agreed and not charged yet")


class FileOut(serializers.Serializer[FileRow]):
    """`locked`: an original that is released on acceptance."""

    id = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    original = serializers.BooleanField(source="is_original")
    locked = serializers.BooleanField()


class LinkOut(serializers.Serializer[Any]):
    url = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class RevisionOut(serializers.Serializer[Any]):
    criterion = serializers.CharField()
    message = serializers.CharField()
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()


class DeliveryOut(serializers.Serializer[Handover]):
    milestone = serializers.CharField(source="milestone.public_id")
    number = serializers.IntegerField(source="delivery.number")
    message = serializers.CharField(source="delivery.message")
    is_final = serializers.BooleanField(source="delivery.is_final")
    delivered_at = serializers.DateTimeField(source="delivery.delivered_at")
    files = FileOut(many=True)
    links = LinkOut(many=True)
    revisions = RevisionOut(many=True)


class RequirementOut(serializers.Serializer[Any]):
    """A question of the seller. `position` names it when you answer."""

    position = serializers.IntegerField()
    question = serializers.CharField()
    kind = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    required = serializers.BooleanField()  # type: ignore[assignment]
    answer = serializers.CharField()
    file_name = serializers.CharField()


class OrderOut(serializers.Serializer[Any]):
    """One order whole. Made from an order page, so that programs and people see the same."""

    def to_representation(self, instance: Any) -> Any:
        handovers: Any = [*instance.shown, *instance.earlier]
        return {
            **OrderRowOut(instance.view).data,
            "revisions_left": instance.view.revisions_left,
            "money": PurseOut(instance.purse).data,
            "deliveries": DeliveryOut(handovers, many=True).data,
            "requirements": RequirementOut(instance.requirements, many=True).data,
        }


class OrderSchema(OrderRowOut):
    """What OrderOut answers, for the OpenAPI schema."""

    revisions_left = serializers.IntegerField()
    money = PurseOut()
    deliveries = DeliveryOut(many=True)
    requirements = RequirementOut(many=True)


class HappeningOut(serializers.Serializer[Happening]):
    """One entry of the timeline, in a sentence for you."""

    name = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.ChoiceField(source="role", choices=Role.choices)
