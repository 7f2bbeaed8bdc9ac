"""Faults in the process of an order: who may, when, and what it does."""

from tests.prove.teeth.fault import Fault, fault

DOOR: tuple[Fault, ...] = (
    fault(
        "anybody_may",
        "orders/services/door.py",
        "    if role not in row.actors:\n",
        "    if role not in row.actors and not row.actors:\n",
        "tests/orders/test_door.py::test_r_ord_3_4_what_the_list_does_not_allow_is_refused_and_changes_nothing",
    ),
    fault(
        "from_any_state",
        "orders/services/door.py",
        "    if facts.standing not in row.sources:\n",
        "    if not row.sources:\n",
        "tests/orders/test_door.py::test_r_ord_3_4_what_the_list_does_not_allow_is_refused_and_changes_nothing",
    ),
    fault(
        "a_stranger_is_told_that_it_is_not_theirs",
        "orders/actors.py",
        "        return Actor(Role.SELLER, user)\n    raise OrderUnknown\n",
        '        return Actor(Role.SELLER, user)\n    raise NotYours(role="buyer or seller")\n',
        "tests/orders/test_door.py::test_a_stranger_learns_nothing",
    ),
    fault(
        "a_stranger_is_the_seller",
        "orders/actors.py",
        "    if user.pk == order.seller_id or may(user, order.seller, ability):\n",
        "    if user.pk:\n",
        "tests/orders/test_door.py::test_a_stranger_learns_nothing",
    ),
    fault(
        "another_sum_than_the_buttons",
        "orders/services/deciding.py",
        "if step.following is None or step.following.to_pay.amount != shown_to_pay:",
        "if step.following is None:",
        "tests/orders/test_deciding.py::test_r_ord_6_what_is_charged_is_what_the_button_said",
    ),
    fault(
        "stopped_while_the_bank_has_the_charge",
        "payments/services/charging.py",
        "    if locked.state in IN_FLIGHT:\n        raise ChargeInFlight\n",
        "    if locked.state in IN_FLIGHT:\n        return\n",
        "tests/orders/test_deciding.py::test_r_ord_7_no_stop_while_the_bank_has_the_charge",
    ),
    fault(
        "a_late_payment_is_kept",
        "orders/services/funding.py",
        "    refunding.request_refund(charge=charge, reason=LATE_PAYMENT, now=now)\n",
        "",
        "tests/orders/test_funding.py::"
        "test_money_that_arrives_after_the_payment_lapsed_goes_back_and_the_buyer_is_told",
    ),
    fault(
        "an_acceptance_undone_by_the_next_charge",
        "orders/services/funding.py",
        "        schedule_retry(step.milestone, facts.order, facts.now)\n",
        "        schedule_retry(step.milestone, facts.order, facts.now)\n"
        '        facts.order.milestones.filter(state="accepted").update(state="delivered")\n',
        "tests/orders/test_deciding.py::test_r_ord_6_acceptance_stays_when_the_next_charge_fails",
    ),
    fault(
        "the_seller_is_told_each_time_not_to_begin",
        "orders/services/telling.py",
        'key=f"{kind}:{step.milestone.public_id if once else entry.pk}:{role}"',
        'key=f"{kind}:{entry.pk}:{role}"',
        "tests/orders/test_funding.py::test_r_pay_2_the_seller_is_told_once_not_to_begin_however_often_it_fails",
    ),
)

CLOCKS: tuple[Fault, ...] = (
    fault(
        "decided_at_the_deadline_itself",
        "orders/guards.py",
        "    if deadline is None or facts.now < deadline:\n        return None\n",
        "    if deadline is None or facts.now <= deadline:\n        return None\n",
        "tests/orders/test_deciding.py::test_r_ord_6_at_the_deadline_and_after_it_the_timer_has_won",
    ),
    fault(
        "the_timer_rings_too_late",
        "orders/guards.py",
        "        if deadline is None or facts.now < deadline:\n            return errors.NotDueYet()\n",
        "        if deadline is None or facts.now <= deadline:\n            return errors.NotDueYet()\n",
        "tests/orders/test_clocks.py::test_deadlines_are_exclusive",
    ),
    fault(
        "a_review_is_swept_too_late",
        "orders/services/lapsing.py",
        "review_deadline__lte=moment",
        "review_deadline__lt=moment",
        "tests/orders/test_clocks.py::test_deadlines_are_exclusive",
    ),
    fault(
        "the_last_day_to_pay_is_swept_too_late",
        "orders/services/lapsing.py",
        "pay_by__lte=moment",
        "pay_by__lt=moment",
        "tests/orders/test_clocks.py::test_deadlines_are_exclusive",
    ),
    fault(
        "a_lapsed_review_charges_the_next",
        "orders/transitions.py",
        "            timer=Timer.REVIEW,\n            guards=(Guard.NOT_ON_HOLD,),\n"
        "            money=(MoneyEffect.ACCRUE, MoneyEffect.RELEASE),\n",
        "            timer=Timer.REVIEW,\n            guards=(Guard.NOT_ON_HOLD,),\n"
        "            money=(MoneyEffect.ACCRUE, MoneyEffect.RELEASE, MoneyEffect.CHARGE),\n",
        "tests/scenarios/test_lifecycle.py::test_r_ord_8_review_lapse_accepts_stops_and_charges_nothing",
    ),
    fault(
        "clocks_run_while_it_is_held",
        "orders/guards.py",
        "return errors.OrderOnHold() if facts.order.held_since else None",
        "return None",
        "tests/orders/test_holding.py::test_r_ord_17_the_timer_that_read_before_the_hold_is_refused_under_the_lock",
    ),
    fault(
        "a_lifted_hold_moves_no_deadline",
        "orders/services/holding.py",
        "    milestone.review_deadline = _later(milestone.review_deadline, by)\n",
        "",
        "tests/orders/test_holding.py::test_r_ord_17_what_lies_ahead_moves_to_the_microsecond",
    ),
)
