"""A manager makes the seller's offers; nobody else of the team does (R-OFR-2)."""

import pytest

from accounts.models import TeamMember, User
from accounts.services.team import remove_member
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown
from offers.errors import NotYourStep
from offers.selectors import offers_of, own_draft
from offers.services import decline_offer, discard_draft, revise_offer, save_draft, send_offer, withdraw_offer
from offers.services.accepting import accept_offer
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation
from tests.factories.offers import counter, draft_of, make_offer, make_offer_draft, rows
from tests.factories.team import make_contributor, make_manager

pytestmark = pytest.mark.django_db


def test_r_ofr_2_a_managers_offer_is_the_sellers(seller: User, buyer: User) -> None:
    mila, talk = make_manager(seller), make_conversation(seller, buyer)
    draft = draft_of(make_gig(seller), *rows("60.00", "60.00"))
    kept = save_draft(seller=seller, by=mila, conversation=talk, draft=draft, now=clock.now())
    sent = send_offer(offer=kept, seller=mila)
    assert (sent.seller, sent.buyer, sent.state) == (seller, buyer, "sent")
    assert withdraw_offer(offer=sent, actor=mila).state == "withdrawn"
    again = revise_offer(offer=sent, seller=mila, now=clock.now())
    assert own_draft(author=mila, public_id=again.public_id) == again
    discard_draft(offer=again, author=mila)


def test_a_manager_declines_a_counter_offer_but_never_accepts(seller: User, buyer: User) -> None:
    mila, offer = make_manager(seller), make_offer(seller, buyer)
    with pytest.raises(NotYourStep):
        accept_offer(offer=offer, buyer=mila, shown_digest=offer.plan.digest if offer.plan else "")
    assert decline_offer(offer=counter(offer), actor=mila).state == "declined"


def test_contributors_and_who_was_removed_make_none(seller: User, buyer: User) -> None:
    offer, draft, gone = make_offer(seller, buyer), make_offer_draft(seller, buyer), make_manager(seller, "Greta Gone")
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=gone).public_id, now=clock.now())
    typed = draft_of(make_gig(seller), *rows("60.00", "60.00"))
    for person in (gone, make_contributor(seller)):
        with pytest.raises(Unknown):
            save_draft(seller=seller, by=person, conversation=offer.conversation, draft=typed, now=clock.now())
        with pytest.raises(Unknown):
            send_offer(offer=draft, seller=person)
        with pytest.raises(Unknown):
            withdraw_offer(offer=offer, actor=person)
        with pytest.raises(Unknown):
            revise_offer(offer=offer, seller=person, now=clock.now())
        with pytest.raises(Unknown):
            discard_draft(offer=draft, author=person)
        assert not offers_of(person).exists()


def test_a_manager_who_is_the_buyer_sees_no_draft_for_themselves(seller: User) -> None:
    mila = make_manager(seller)
    draft = make_offer_draft(seller, mila)
    assert not offers_of(mila).exists()
    with pytest.raises(Unknown):
        send_offer(offer=draft, seller=mila)
