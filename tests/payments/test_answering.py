"""Our side of a dispute is sent once, however often and at whatever moment something breaks (R-PAY-7)."""

import pytest

from accounts.models import User
from payments.errors import DisputeOver, EvidenceEmpty, EvidenceSent, EvidenceTooLong, EvidenceUnknown
from payments.models import Charge, Dispute
from payments.services.answering import LIMITS, check_evidence, save_summary, send_evidence, submit_evidence
from payments.services.disputing import follow_dispute
from payments.services.sweeping import sweep_disputes
from tests.factories.payments import make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble
from tests.payments.test_disputing import payment_of
from tests.scenarios.story import movable_clock, travel

pytestmark = pytest.mark.django_db
TEXTS = {"uncategorized_text": "It was delivered.", "customer_name": "Bruno Buyer"}


@pytest.fixture
def dispute(stripe: StripeDouble) -> Dispute:
    charge: Charge = make_paid_charge(stripe)
    stripe.dispute(payment_of(charge))
    stripe.deliver_webhooks()
    from payments.services.sweeping import sweep_events

    sweep_events()
    return Dispute.objects.get()


def submit(dispute: Dispute, agent: User, texts: dict[str, str] = TEXTS) -> None:
    submit_evidence(dispute=dispute, evidence=texts, summary="It was delivered.", by=agent)


def at_stripe(stripe: StripeDouble) -> tuple[str, int, str]:
    found = stripe.objects("dispute")[0]
    details = found["evidence_details"]
    return found["status"], details["submission_count"], found["evidence"]["uncategorized_text"] or ""


def test_r_pay_7_sent_by_a_worker_once(stripe: StripeDouble, dispute: Dispute, agent: User) -> None:
    submit(dispute, agent)
    assert at_stripe(stripe)[1] == 0
    for _ in range(3):
        send_evidence(dispute_id=dispute.pk)
    assert at_stripe(stripe) == ("under_review", 1, "It was delivered.")
    dispute.refresh_from_db()
    assert (dispute.evidence_state, dispute.state, dispute.evidence_by) == ("sent", "under_review", agent)
    assert dispute.evidence_sent_at is not None


@pytest.mark.parametrize(
    "fault",
    [
        "lost_before",
        "lost_after",
        "truncated",
        "html",
        "error_before",
        "error_after",
        "bad_gateway",
        "rate_limited",
        "in_use",
    ],
)
def test_an_unknown_outcome_is_looked_up_and_sent_again(
    stripe: StripeDouble, dispute: Dispute, agent: User, fault: str
) -> None:
    stripe.faults.add(fault, on=f"POST /v1/disputes/{dispute.provider_id}", times=3)
    with movable_clock():
        submit(dispute, agent)
        send_evidence(dispute_id=dispute.pk)
        for _ in range(3):
            travel(hours=1)
            sweep_disputes()
        dispute.refresh_from_db()
        assert dispute.evidence_state == "sent"
    assert at_stripe(stripe) == ("under_review", 1, "It was delivered.")


def test_a_worker_that_died_is_followed_by_another(stripe: StripeDouble, dispute: Dispute, agent: User) -> None:
    with movable_clock():
        submit(dispute, agent)
        Dispute.objects.filter(pk=dispute.pk).update(evidence_tries=1)
        travel(hours=1)
        sweep_disputes()
    assert at_stripe(stripe)[1] == 1


def test_what_was_sent_is_never_changed(stripe: StripeDouble, dispute: Dispute, agent: User) -> None:
    submit(dispute, agent)
    with pytest.raises(EvidenceSent):
        submit(dispute, agent, {"customer_name": "X"})
    with pytest.raises(EvidenceSent):
        _keep(dispute)
    send_evidence(dispute_id=dispute.pk)
    with pytest.raises(EvidenceSent):
        _keep(dispute)
    assert Dispute.objects.get().evidence == TEXTS


def test_too_late(stripe: StripeDouble, dispute: Dispute, agent: User) -> None:
    """The bank decided while it was on its way: the truth is written down, and nothing is left to send."""
    submit(dispute, agent)
    stripe.close_dispute(dispute.provider_id, won=False)
    send_evidence(dispute_id=dispute.pk)
    dispute.refresh_from_db()
    assert dispute.state == "lost"
    Dispute.objects.filter(pk=dispute.pk).update(evidence_state="draft")
    with pytest.raises(DisputeOver):
        submit(dispute, agent)


def test_r_pay_7_too_late_and_a_refund_from_the_dashboard_that_nobody_told_of(
    stripe: StripeDouble, agent: User
) -> None:
    """The loss takes what the refund left, and the rest is ours; or the refund would never find a booking."""
    payment = payment_of(make_paid_charge(stripe))
    stripe.refund_in_dashboard(payment, 2_100)
    follow_dispute(provider_id=stripe.dispute(payment)["id"])
    dispute = Dispute.objects.get()
    submit(dispute, agent)
    stripe.close_dispute(dispute.provider_id, won=False)
    send_evidence(dispute_id=dispute.pk)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.price_part + dispute.fee_part) == ("lost", 6_300)
    assert [(each.state, each.amount) for each in dispute.charge.refunds.all()] == [("succeeded", 2_100)]


def test_a_draft_is_kept_and_sends_nothing(stripe: StripeDouble, dispute: Dispute) -> None:
    _keep(dispute)
    sweep_disputes()
    assert (Dispute.objects.get().summary, at_stripe(stripe)[1]) == ("So it was.", 0)


def test_the_providers_limits() -> None:
    assert check_evidence({"customer_name": " A ", "service_date": " "}) == {"customer_name": "A"}
    for name, most in LIMITS.items():
        assert check_evidence({name: "x" * most})
        with pytest.raises(EvidenceTooLong):
            check_evidence({name: "x" * (most + 1)})
    with pytest.raises(EvidenceUnknown):
        check_evidence({"receipt": "a file, not a text"})
    assert sum(LIMITS.values()) <= 150_000


def test_nothing_is_no_answer(dispute: Dispute, agent: User) -> None:
    with pytest.raises(EvidenceEmpty):
        submit(dispute, agent, {"customer_name": "  "})


def _keep(dispute: Dispute) -> None:
    save_summary(dispute=dispute, summary="So it was.")
