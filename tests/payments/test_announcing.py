"""Telling what became of a charge: in a transaction of its own, once, the newest outcome (payments.signals)."""

from collections.abc import Callable

import pytest

from payments.enums import ChargeState
from payments.models import Charge
from payments.selectors import group_balances
from payments.services.announcing import announce_charge
from payments.services.sweeping import sweep_announcements
from payments.signals import ChargeResult, charge_settled
from tests.factories.payments import make_charge, make_paid_charge, pay_charge
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]


class Stubborn:
    """A receiver that fails so many times before it takes the news, writing something first."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.calls = 0

    def __call__(self, sender: object, result: ChargeResult, **_: object) -> None:
        self.calls += 1
        Charge.objects.filter(pk=result.charge_id).update(code="written by the receiver")
        if self.calls <= self.failures:
            raise RuntimeError("not now")


def test_a_receiver_that_fails_undoes_only_the_telling(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    receiver = Stubborn(failures=2)
    charge_settled.connect(receiver, weak=False)
    charge = pay_charge(stripe, make_charge())
    assert (charge.state, charge.announced_at, charge.code) == (ChargeState.SUCCEEDED, None, "")
    assert group_balances("ord_1").held == 8_000
    sweep_announcements()
    sweep_announcements()
    charge.refresh_from_db()
    assert charge.announced_at is not None
    assert charge.code == "written by the receiver"
    assert sweep_announcements() == 0


def test_one_receiver_that_always_fails_does_not_hold_up_the_others(stripe: StripeDouble) -> None:
    def picky(sender: object, result: ChargeResult, **_: object) -> None:
        if result.reference == "mst_bad":
            raise RuntimeError("never")

    charge_settled.connect(picky, weak=False)
    bad = make_charge(reference="mst_bad")
    good = make_charge(reference="mst_good")
    Charge.objects.filter(pk__in=[bad.pk, good.pk]).update(outcome="declined", outcome_number=1)
    sweep_announcements()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.announced_at, bad.announce_tries) == (None, 1)
    assert good.announced_at is not None


def test_only_the_newest_outcome_is_told(told: list[ChargeResult]) -> None:
    charge = make_charge()
    Charge.objects.filter(pk=charge.pk).update(outcome="declined", outcome_number=1)
    Charge.objects.filter(pk=charge.pk).update(outcome="succeeded", outcome_number=2)
    announce_charge(charge_id=charge.pk)
    assert [result.outcome for result in told] == ["succeeded"]


def test_news_that_is_overtaken_while_it_is_told_is_told_anew(told: list[ChargeResult]) -> None:
    """A success that is settled while the receiver still works on the decline is not stamped away."""
    charge = make_charge()
    Charge.objects.filter(pk=charge.pk).update(outcome="declined", outcome_number=1)

    def overtake(sender: object, result: ChargeResult, **_: object) -> None:
        if result.outcome == "declined":
            Charge.objects.filter(pk=charge.pk).update(outcome="succeeded", outcome_number=2)

    charge_settled.connect(overtake, weak=False)
    assert announce_charge(charge_id=charge.pk) is False
    assert Charge.objects.get(pk=charge.pk).announced_at is None


def test_what_was_told_is_not_told_again(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    charge = make_paid_charge(stripe)
    assert announce_charge(charge_id=charge.pk) is False
    assert len(told) == 1


def test_a_process_that_died_before_telling_is_healed_by_the_sweep(
    stripe: StripeDouble, told: list[ChargeResult], kill_at: Callable[[str], None]
) -> None:
    kill_at("settle:committed")
    with pytest.raises(Killed):
        make_paid_charge(stripe)
    assert told == []
    assert sweep_announcements() == 1
    assert [result.outcome for result in told] == ["succeeded"]
    assert sweep_announcements() == 0


def test_the_result_carries_the_words_of_whoever_opened_the_charge(
    stripe: StripeDouble, told: list[ChargeResult]
) -> None:
    charge = pay_charge(stripe, make_charge(reference="mst_7", group="ord_7"))
    assert told == [
        ChargeResult(
            charge_id=charge.pk,
            public_id=charge.public_id,
            reference="mst_7",
            group="ord_7",
            outcome="succeeded",
            message="",
            code="",
            method_label="Visa •••• 4242",
        )
    ]
