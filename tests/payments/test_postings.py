"""Worked examples of the books, to the cent. An 80.00 milestone, a 4.00 buyer fee, 10 % commission."""

from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import basis_points
from payments import postings
from payments.enums import AccountKind as A
from payments.enums import RefundKind as R
from payments.postings import Line, Lines
from payments.shares import Parts

WHOLE = Parts(price=8_000, fee=400, commission=800)


def book(lines: Lines) -> dict[str, int]:
    return {f"{line.account}:{line.dimension}".rstrip(":"): line.amount for line in lines}


def test_a_capture_holds_price_and_fee_apart() -> None:
    assert book(postings.captured(group="ord_1", amount=8_000, fee=400)) == {
        "psp_balance": 8_400,
        "held:ord_1": -8_000,
        "fee_held:ord_1": -400,
    }


def test_a_fee_of_nothing_posts_nothing() -> None:
    assert book(postings.captured(group="ord_1", amount=8_000, fee=0)) == {"psp_balance": 8_000, "held:ord_1": -8_000}


def test_what_the_provider_keeps_is_the_platforms_cost() -> None:
    assert book(postings.provider_fee_known(provider_fee=274)) == {"psp_fees": 274, "psp_balance": -274}


def test_acceptance_divides_the_price_and_is_nobodys_income_yet() -> None:
    assert book(postings.accepted(group="ord_1", amount=8_000, fee=400, commission=800)) == {
        "held:ord_1": 8_000,
        "fee_held:ord_1": 400,
        "seller_accrued:ord_1": -7_200,
        "commission_accrued:ord_1": -800,
        "fee_accrued:ord_1": -400,
    }


def test_r_pay_5_release_owes_the_seller_and_earns_commission_and_fee() -> None:
    assert book(postings.released(group="ord_1", seller="usr_s", amount=8_000, fee=400, commission=800)) == {
        "seller_accrued:ord_1": 7_200,
        "commission_accrued:ord_1": 800,
        "fee_accrued:ord_1": 400,
        "seller_payable:usr_s": -7_200,
        "commission_revenue": -800,
        "fee_revenue": -400,
    }


def test_r_pay_7_a_refund_takes_price_and_fee_from_what_was_held() -> None:
    assert book(postings.refund_requested(kind=R.HELD, group="ord_1", seller="usr_s", parts=WHOLE)) == {
        "held:ord_1": 8_000,
        "fee_held:ord_1": 400,
        "refund_clearing:ord_1": -8_400,
    }
    assert book(postings.refund_succeeded(group="ord_1", total=8_400)) == {
        "refund_clearing:ord_1": 8_400,
        "psp_balance": -8_400,
    }


def test_r_pay_7_a_refund_comes_out_of_where_the_money_stands() -> None:
    part = Parts(price=4_000, fee=200, commission=400)
    assert book(postings.refund_requested(kind=R.ACCRUED, group="ord_1", seller="usr_s", parts=part)) == {
        "seller_accrued:ord_1": 3_600,
        "commission_accrued:ord_1": 400,
        "fee_accrued:ord_1": 200,
        "refund_clearing:ord_1": -4_200,
    }
    for kind, account in ((R.RELEASED, "seller_payable:usr_s"), (R.PAID_OUT, "seller_receivable:usr_s")):
        assert book(postings.refund_requested(kind=kind, group="ord_1", seller="usr_s", parts=part)) == {
            account: 3_600,
            "commission_revenue": 400,
            "fee_revenue": 200,
            "refund_clearing:ord_1": -4_200,
        }


def test_r_pay_5_a_transfer_leaves_the_payable_before_it_is_sent() -> None:
    assert book(postings.transfer_requested(seller="usr_s", amount=7_200)) == {
        "seller_payable:usr_s": 7_200,
        "payout_clearing:usr_s": -7_200,
    }
    assert book(postings.transfer_succeeded(seller="usr_s", amount=7_200)) == {
        "payout_clearing:usr_s": 7_200,
        "psp_balance": -7_200,
    }


def test_what_a_seller_owes_is_taken_back_or_kept() -> None:
    assert book(postings.transfer_reversed(seller="usr_s", amount=70)) == {
        "psp_balance": 70,
        "seller_receivable:usr_s": -70,
    }
    assert book(postings.receivable_netted(seller="usr_s", amount=70)) == {
        "seller_payable:usr_s": 70,
        "seller_receivable:usr_s": -70,
    }


def test_r_pay_7_a_chargeback_takes_the_money_first_and_is_decided_later() -> None:
    assert book(postings.dispute_withdrawn(dispute="dsp_1", amount=8_400, dispute_fee=1_500)) == {
        "dispute_receivable:dsp_1": 8_400,
        "dispute_fees": 1_500,
        "psp_balance": -9_900,
    }
    assert book(postings.dispute_won(dispute="dsp_1", amount=8_400)) == {
        "psp_balance": 8_400,
        "dispute_receivable:dsp_1": -8_400,
    }
    lost = postings.dispute_lost(dispute="dsp_1", kind=R.HELD, group="ord_1", seller="usr_s", parts=WHOLE)
    assert book(lost) == {"held:ord_1": 8_000, "fee_held:ord_1": 400, "dispute_receivable:dsp_1": -8_400}


def test_the_platforms_own_payout_goes_to_its_bank() -> None:
    assert book(postings.provider_payout(amount=500)) == {"bank": 500, "psp_balance": -500}


def test_r_pay_3_a_second_capture_never_mixes_with_held_money() -> None:
    assert book(postings.surplus_captured(group="ord_1", total=8_400)) == {
        "psp_balance": 8_400,
        "surplus:ord_1": -8_400,
    }
    parts = Parts(price=8_400)
    assert book(postings.refund_requested(kind=R.SURPLUS, group="ord_1", seller="usr_s", parts=parts)) == {
        "surplus:ord_1": 8_400,
        "refund_clearing:ord_1": -8_400,
    }


def test_a_reversal_is_the_same_lines_the_other_way() -> None:
    lines = postings.refund_requested(kind=R.HELD, group="ord_1", seller="usr_s", parts=WHOLE)
    assert postings.net([*lines, *postings.reversed_lines(lines)]) == ()


def test_net_adds_up_per_account_and_drops_what_comes_to_nothing() -> None:
    lines = [Line(A.HELD, "g", 5), Line(A.HELD, "g", 2), Line(A.HELD, "h", 1), Line(A.SURPLUS, "g", 3)]
    lines.append(Line(A.SURPLUS, "g", -3))
    assert postings.net(lines) == (Line(A.HELD, "g", 7), Line(A.HELD, "h", 1))


cents = st.integers(min_value=1, max_value=10**11)


@given(amount=cents, fee=st.integers(min_value=0, max_value=10**10), bp=st.integers(min_value=0, max_value=10_000))
def test_every_event_sums_to_zero_for_any_amount_and_commission(amount: int, fee: int, bp: int) -> None:
    commission = basis_points(amount, bp)
    whole = Parts(price=amount, fee=fee, commission=commission)
    for lines in (
        postings.captured(group="g", amount=amount, fee=fee),
        postings.accepted(group="g", amount=amount, fee=fee, commission=commission),
        postings.released(group="g", seller="s", amount=amount, fee=fee, commission=commission),
        *(postings.refund_requested(kind=kind, group="g", seller="s", parts=whole) for kind in R),
        postings.refund_succeeded(group="g", total=amount + fee),
        postings.surplus_captured(group="g", total=amount + fee),
    ):
        assert sum(line.amount for line in lines) == 0
        assert all(line.amount for line in lines)
