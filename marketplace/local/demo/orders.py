"""Orders in every state, each a small story told through the services and the simulated bank."""

from collections.abc import Callable

from django.core.files.base import ContentFile

from accounts.models import User
from gigs.models import Gig
from gigs.selectors import plan_terms
from inbox.services import open_conversation, send_message
from marketplace.kernel import clock
from marketplace.local.demo.payouts import hold_back
from marketplace.local.demo.people import person
from marketplace.local.demo.pictures import draw
from marketplace.local.demo.talks import make_offer, talk
from marketplace.local.demo.travelling import Journey, control, journey
from milestones.enums import OrderType, PackageTier
from offers.models import Offer
from orders.enums import CancelReason, MilestoneState, Role
from orders.models import Order
from orders.services import deciding, delivering, extending, funding, lapsing, placing, requirements, subscribing
from orders.services.ending import cancel
from payments.services.charging import refresh_charge
from payments.tasks import sweep_announcements, sweep_charges, sweep_refunds, sweep_transfers, sweep_withdrawals
from reviews.models import Review
from reviews.services import answer_review, reveal_due, write_review

Said = tuple[int, str]  # stars and words
NOTES = (
    "Here it is. I kept the second version of the opening, because it leaves the eye somewhere to rest.",
    "All in the folder. The one thing that I would look at twice is the ending; everything else is as agreed.",
    "Done a little early. Tell me if anything reads differently on your screen.",
)


class DemoOrder:
    """One order on its way, between two people of the demo."""

    def __init__(self, journey: Journey, order: Order) -> None:
        self.journey, self._order = journey, order
        self.buyer, self.seller = order.buyer, order.seller

    @classmethod
    def placed(cls, journey: Journey, buyer: str, title: str, tier: PackageTier = PackageTier.BASIC) -> "DemoOrder":
        """A package of a gig, ordered."""
        gig = Gig.objects.select_related("seller").get(title=title)
        terms = plan_terms(gig, tier)
        return cls(journey, placing.place_from_gig(gig=gig, tier=tier, buyer=person(buyer), shown_digest=terms.digest))

    @classmethod
    def accepted(cls, journey: Journey, buyer: str, offer: Offer) -> "DemoOrder":
        """An offer, accepted as it was sent."""
        shown = offer.plan.digest if offer.plan else ""
        return cls(journey, placing.place_from_offer(offer=offer, buyer=person(buyer), shown_digest=shown))

    @property
    def order(self) -> Order:
        return Order.objects.select_related("plan", "policy", "buyer", "seller", "method").get(pk=self._order.pk)

    def pay(self, scenario: str = "works") -> "DemoOrder":
        charge = funding.prepare_payment(order=self.order, actor=self.buyer)
        home = "http://127.0.0.1:8000/"
        url = funding.pay_url(charge=charge, success_url=home, cancel_url=home)
        control("pay", session=url.rsplit("/", 1)[-1], scenario=scenario)
        refresh_charge(charge=charge, now=clock.now())
        return self.settle()

    def answer(self) -> "DemoOrder":
        self.journey.travel(hours=5)
        words = requirements.Answer(text="It is all in the folder that I shared; ask if something is missing.")
        answers = {asked.pk: words for asked in self.order.requirements.all()}
        requirements.answer_requirements(order=self.order, actor=self.buyer, answers=answers)
        return self

    def deliver(self, *, after_days: float = 3) -> "DemoOrder":
        self.journey.travel(days=after_days)
        number = self.order.timeline.count()
        picture = draw(self.order.number, number).read()
        notes = NOTES[number % len(NOTES)].encode()
        files = [
            delivering.FileInput(
                upload=ContentFile(picture, name="preview.png"), name="preview.png", size=len(picture),
                content_type="image/png",
            ),
            delivering.FileInput(
                upload=ContentFile(notes, name="notes.txt"), name="notes.txt", size=len(notes),
                content_type="text/plain", held_back=True,
            ),
        ]  # fmt: skip
        last = not self.order.milestones.filter(state="planned").exists()
        delivering.deliver(
            order=self.order, actor=self.seller, message=NOTES[number % len(NOTES)], files=files, is_full_project=last
        )
        return self

    def accept(self, *, after_days: float = 1) -> "DemoOrder":
        """Accept and go on, or finish when it is the last."""
        self.journey.travel(days=after_days)
        following = self.order.milestones.filter(state="planned").select_related("planned", "order__policy").first()
        if following is None:
            deciding.accept_and_finish(order=self.order, actor=self.buyer)
        else:
            shown = following.to_pay.amount
            deciding.accept_and_continue(order=self.order, actor=self.buyer, shown_to_pay=shown)
        return self.settle()

    def stop(self) -> "DemoOrder":
        self.journey.travel(days=1)
        deciding.accept_and_stop(order=self.order, actor=self.buyer, reason="The plan changed on our side.")
        return self

    def revise(self) -> "DemoOrder":
        self.journey.travel(hours=20)
        wish = "The second part feels rushed. Could it have two more seconds?"
        deciding.request_revision(order=self.order, actor=self.buyer, message=wish)
        return self

    def accept_month(self, *, after_days: float = 1) -> "DemoOrder":
        """Accept a month of a subscription, and go on to the date of the next, which is charged then."""
        self.journey.travel(days=after_days)
        subscribing.accept_month(order=self.order, actor=self.buyer)
        ahead = self.order.milestones.get(state=MilestoneState.SCHEDULED).begins_at
        if ahead is not None:
            self.journey.travel(hours=(ahead - clock.now()).total_seconds() / 3600 + 0.1)
        lapsing.charge_months()
        return self.settle()

    def reviewed(self, by_buyer: Said | None, by_seller: Said | None, *, answer: str = "") -> "DemoOrder":
        """What they say of each other; of one alone it is revealed two weeks later."""
        self.journey.travel(days=1)
        for author, said in ((self.buyer, by_buyer), (self.seller, by_seller)):
            if said:
                write_review(order=self.order, author=author, stars=said[0], text=said[1])
        if not (by_buyer and by_seller):
            self.journey.travel(days=14)
            reveal_due()
        if answer:
            self.journey.travel(hours=9)
            review = Review.objects.get(order=self.order, side=Role.BUYER)
            answer_review(review=review, author=self.seller, text=answer)
        return self

    def say(self, author: User, words: str) -> "DemoOrder":
        conversation = open_conversation(starter=self.buyer, other=self.seller, now=clock.now())
        send_message(conversation=conversation, author=author, body=words, now=clock.now())
        return self

    def settle(self) -> "DemoOrder":
        """What the workers do."""
        for sweep in (sweep_charges, sweep_withdrawals, sweep_refunds, sweep_transfers, sweep_announcements):
            sweep()
        return self


FILM = "I’ll film your product in 3D, from first sketch to final render"
TOOL = "I’ll build a desktop program your team will actually use"
PLAN = "I’ll write the business plan that your bank reads to the end"
SCORE = "I’ll compose the score for your short film"
POSTS = "I’ll run three months of social media for your small brand"
LOGO = "I’ll draw a logo that survives the photocopier"
CARD = "I’ll set a business card worth keeping"
MODEL = "I’ll check your financial model before somebody else does"
IDEA = "I’ll test your business idea on real buyers in three weeks"
SONG = "I’ll produce your song from a voice memo"
LAUNCH = "I’ll launch your product with ten days of posts"
ADVERTS = "I’ll set up adverts that stop when they don’t work"
MONTHLY = (("One clip", "Fifteen seconds, filmed at your bench and cut to your music.", "4K and 9:16", "20", "180.00"),)
PARTS = "I’ll explode your product and put it back together"


def delivered(trip: Journey) -> None:
    """The order that the demo's buyer should decide on: the third of four milestones."""
    order = DemoOrder.placed(trip, "buyer@milepost.example", FILM, PackageTier.STANDARD).pay().answer()
    order.say(order.seller, "Cameras are blocked. Should the dial click once or twice before the light?")
    order.deliver(after_days=2).accept().deliver(after_days=4).accept().deliver(after_days=3)
    order.say(order.buyer, "Once. It should feel certain.")


def in_progress(trip: Journey) -> None:
    DemoOrder.placed(trip, "maya@milepost.example", FILM).pay().answer().deliver(after_days=2).accept()


def late(trip: Journey) -> None:
    DemoOrder.placed(trip, "jonas@milepost.example", PARTS).pay().answer()
    trip.travel(days=4)
    lapsing.flag_late_milestones()


def in_revision(trip: Journey) -> None:
    DemoOrder.placed(trip, "buyer@milepost.example", TOOL).pay().answer().deliver(after_days=3).revise()


def more_time(trip: Journey) -> None:
    order = (
        DemoOrder.placed(trip, "aiko@milepost.example", PLAN, PackageTier.STANDARD).pay().answer().deliver(after_days=4)
    )
    trip.travel(days=2)
    extending.ask_more_time(order=order.order, actor=order.buyer, reason="Our accountant is back on Monday.")


def payment_failed(trip: Journey) -> None:
    order = DemoOrder.placed(trip, "buyer@milepost.example", SCORE).pay("works_then_declines").answer()
    order.deliver(after_days=4).accept()


def action_required(trip: Journey) -> None:
    order = DemoOrder.placed(trip, "mirela@milepost.example", POSTS).pay("works_then_authenticates").answer()
    order.deliver(after_days=5).accept()


def questions_open(trip: Journey) -> None:
    DemoOrder.placed(trip, "buyer@milepost.example", LAUNCH).pay()


def unpaid(trip: Journey) -> None:
    DemoOrder.placed(trip, "buyer@milepost.example", SONG)


def finished(trip: Journey) -> None:
    order = DemoOrder.placed(trip, "buyer@milepost.example", IDEA).pay().answer()
    order.deliver(after_days=4).accept().deliver(after_days=8).accept().deliver(after_days=4).accept()
    order.reviewed(
        (5, "Four interviews, one uncomfortable truth, and a price that people say yes to. I knew where I stood."),
        (5, "Answered everything within a day and let me ask hard questions. A pleasure."),
    )


def finished_single(trip: Journey) -> None:
    DemoOrder.placed(trip, "maya@milepost.example", CARD).pay().answer().deliver(after_days=2).accept().reviewed(
        (5, "Thick paper, quiet type, and a proof before I had asked for one."), None
    )


def single_in_review(trip: Journey) -> None:
    DemoOrder.placed(trip, "jonas@milepost.example", LOGO).pay().answer().deliver(after_days=9)


def stopped(trip: Journey) -> None:
    DemoOrder.placed(trip, "jonas@milepost.example", FILM, PackageTier.STANDARD).pay().answer().deliver(
        after_days=3
    ).stop().reviewed(
        (4, "The storyboard was so clear that we could decide against the film. Fair, and quick to say so."),
        (5, "Stopped after the first milestone and said why. That is what it is for."),
        answer="Thank you. The storyboard is yours; come back when the lamp is ready.",
    )


def stopped_and_held(trip: Journey) -> None:
    """What the seller earned by it has cleared, and waits for support."""
    order = DemoOrder.placed(trip, "maya@milepost.example", FILM).pay().answer().deliver(after_days=0.5).stop()
    hold_back(order.order)


def review_lapsed(trip: Journey) -> None:
    order = DemoOrder.placed(trip, "mirela@milepost.example", TOOL).pay().answer().deliver(after_days=4)
    trip.travel(days=8, hours=1)
    lapsing.lapse_reviews()
    order.reviewed((3, "Does what was agreed. I was away and would have liked another reminder."), None)


def payment_lapsed(trip: Journey) -> None:
    order = DemoOrder.placed(trip, "aiko@milepost.example", SONG).pay("works_then_declines").answer()
    order.deliver(after_days=3).accept()
    trip.travel(days=10, hours=1)
    lapsing.lapse_payments()
    order.settle()


def subscribed(trip: Journey) -> None:
    """The first month is through, the second is being made."""
    speaks = talk("buyer@milepost.example", "seller@milepost.example")
    offer = make_offer(speaks, "A clip of the workshop each month", MONTHLY, FILM, OrderType.SUBSCRIPTION, months="6")
    order = DemoOrder.accepted(trip, "buyer@milepost.example", offer).pay().answer()
    order.deliver(after_days=18).accept_month()


def cancelled(trip: Journey) -> None:
    order = DemoOrder.placed(trip, "maya@milepost.example", MODEL).pay().answer()
    trip.travel(days=2)
    note = "The seller wrote to us on Tuesday: she is in hospital. The buyer agrees."
    cancel(order=order.order, actor=person("support@milepost.example"), reason=CancelReason.SELLER_UNABLE, note=note)
    order.settle()


def ended_by_support(trip: Journey) -> None:
    order = DemoOrder.placed(trip, "aiko@milepost.example", ADVERTS).pay().answer().deliver(after_days=3).accept()
    trip.travel(days=3)
    note = "Both wrote that they want to end it after the first milestone."
    cancel(order=order.order, actor=person("support@milepost.example"), reason=CancelReason.BOTH_AGREE, note=note)
    order.settle()


def abandoned(trip: Journey) -> None:
    DemoOrder.placed(trip, "jonas@milepost.example", SCORE)
    trip.travel(hours=25)
    lapsing.lapse_unpaid_orders()


STORIES: list[tuple[float, Callable[[Journey], None]]] = [
    (45, subscribed), (44, finished), (38, stopped), (33, review_lapsed), (30, finished_single), (29, payment_lapsed),
    (26, cancelled), (24, ended_by_support), (16, delivered), (15, single_in_review), (12, abandoned),
    (9.5, stopped_and_held), (9, action_required), (8, payment_failed), (7.5, more_time), (6, in_progress),
    (5.5, late), (5, in_revision), (1, questions_open), (0.1, unpaid),
]  # fmt: skip


def make_orders() -> None:
    """One order in each state, so that every page has something to show."""
    for days_ago, story in STORIES:
        with journey(days_ago=days_ago) as trip:
            story(trip)
