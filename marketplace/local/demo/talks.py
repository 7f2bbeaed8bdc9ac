"""Conversations, a request and offers that wait."""

from datetime import timedelta

from gigs.models import Gig
from inbox.models import Conversation
from inbox.services import open_conversation, send_message
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.local.demo.people import person
from milestones.enums import OrderType
from offers.models import Offer
from offers.services import ask_for_offer, counter_offer, decline_offer, save_draft, send_offer
from offers.services.drafting import Draft
from offers.terms import DraftTerms, TypedMilestone

GRINDER = (
    (
        "Look & storyboard",
        "Three frames and a storyboard.",
        "Walnut and steel approved",
        "4",
        "240.00",
    ),
    ("Model & materials", "The grinder to the millimetre.", "Matches your CAD file", "6", "340.00"),
    ("Rough cut", "The film in grey, timed to music.", "20 seconds\nOne turn of the crank", "6", "320.00"),
    ("Final film", "4K and 9:16, with sound.", "Both formats\nSound mixed", "4", "280.00"),
)
SHOP = (
    ("Orders on one page", "What came in, what is paid, what is packed.", "Imports your spreadsheet", "12", "900.00"),
    ("Labels & stock", "Labels for two carriers, stock that counts itself.", "Test parcel sent", "14", "1100.00"),
    ("Hand-over", "Server in your name, manual, a month of repairs.", "Backup restored once", "7", "600.00"),
)


TEASER = (
    ("Look & storyboard", "Three frames and a storyboard.", "Both colours shown", "4", "220.00"),
    ("Shots", "All shots lit and rendered, without a cut.", "Eight shots\n4K", "9", "440.00"),
    ("Cut & sound", "Cut to your music, with titles.", "20 seconds", "5", "260.00"),
)


def make_talks() -> None:
    grinder_offer()
    shop_request()
    declined_offer()
    countered_offer()


def grinder_offer() -> None:
    """An offer that waits for the demo's buyer."""
    speaks = talk("buyer@milepost.example", "seller@milepost.example")
    _say(speaks, "buyer@milepost.example", "We also launch a hand grinder in January. Quiet, heavy, a bit of humour?")
    _say(speaks, "seller@milepost.example", "Lovely. I’d split it into four: you see the walnut before I light it.")
    make_offer(
        speaks,
        "A launch film for the Fjord hand grinder",
        GRINDER,
        "I’ll film your product in 3D",
        OrderType.MILESTONES,
    )


def shop_request() -> None:
    """A request that waits for a seller, and an offer on it for another buyer."""
    speaks = talk("maya@milepost.example", "seller@milepost.example")
    ask_for_offer(
        conversation=speaks,
        buyer=person("maya@milepost.example"),
        brief="A 20-second film for a coffee kettle: brushed steel, one slow pour. We have CAD and a date.",
        budget=Money(120000, "USD"),
        needed_by=(clock.now() + timedelta(days=28)).date(),
        currency="USD",
        now=clock.now(),
    )
    speaks = talk("buyer@milepost.example", "marta@milepost.example")
    _say(speaks, "buyer@milepost.example", "Our order spreadsheet has eleven tabs. Could it become something better?")
    _say(speaks, "marta@milepost.example", "It could. Three steps; you can stop after each and keep what is there.")
    make_offer(speaks, "An order desk for your shop", SHOP, "I’ll build the web app", OrderType.MILESTONES)


def declined_offer() -> None:
    speaks = talk("jonas@milepost.example", "kwame@milepost.example")
    _say(speaks, "jonas@milepost.example", "Could you do thirty slides by Thursday?")
    single = (("Thirty slides", "Redesigned and shortened, charts redrawn.", "In your template", "3", "820.00"),)
    offer = make_offer(speaks, "Thirty slides by Thursday", single, "I’ll turn your slides", OrderType.SINGLE)
    decline_offer(offer=offer, actor=person("jonas@milepost.example"), reason="The talk was moved to spring.")


def countered_offer() -> None:
    """Other terms that wait for the demo's seller."""
    speaks = talk("jonas@milepost.example", "seller@milepost.example")
    _say(speaks, "jonas@milepost.example", "A teaser for our autumn trade fair: could you do it in three weeks?")
    offer = make_offer(
        speaks, "A teaser for the trade fair", TEASER, "I’ll film your product in 3D", OrderType.MILESTONES
    )
    look, cut, _ = TEASER
    rows = _typed((look, (cut[0], cut[1], cut[2], "8", "380.00")))
    draft = Draft(
        order_type=OrderType.MILESTONES,
        title=offer.title,
        description=offer.description,
        note="We have cutters in the house, so the raw shots are enough for us.",
        typed=DraftTerms(milestones=rows, revisions="2"),
    )
    counter_offer(offer=offer, buyer=person("jonas@milepost.example"), draft=draft)


def talk(buyer: str, seller: str) -> Conversation:
    return open_conversation(starter=person(buyer), other=person(seller), now=clock.now())


def _say(talk: Conversation, author: str, words: str) -> None:
    send_message(conversation=talk, author=person(author), body=words, now=clock.now())


def make_offer(
    talk: Conversation, title: str, rows: tuple[tuple[str, ...], ...], gig: str, order_type: OrderType, months: str = ""
) -> Offer:
    """Sent by the seller of the gig whose title begins so."""
    based_on = Gig.objects.get(title__startswith=gig)
    typed = _typed(rows)
    draft = Draft(
        order_type=order_type,
        title=title,
        description="As we discussed. You decide after each step.",
        gig=based_on,
        typed=DraftTerms(milestones=typed, revisions="2", months=months),
    )
    offer = save_draft(seller=based_on.seller, conversation=talk, draft=draft, now=clock.now())
    return send_offer(offer=offer, seller=based_on.seller)


def _typed(rows: tuple[tuple[str, ...], ...]) -> tuple[TypedMilestone, ...]:
    return tuple(
        TypedMilestone(name=name, description=text, criteria=criteria, days=days, amount=amount, revisions="2")
        for name, text, criteria, days, amount in rows
    )
