"""Database triggers that several models share."""

from collections.abc import Iterable

import pgtrigger


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Rows are written once: UPDATE, DELETE and TRUNCATE are refused, whoever asks."""
    refuse = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"
    return [
        pgtrigger.Trigger(
            name=f"{name}_append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=refuse,
        ),
        pgtrigger.Trigger(
            name=f"{name}_no_truncate",
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            operation=pgtrigger.Truncate,
            func=refuse,
        ),
    ]


def no_delete(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=f"{name}_no_delete", operation=pgtrigger.Delete)


def starts_in(name: str, states: Iterable[str]) -> pgtrigger.Trigger:
    """A new row may only be in one of `states`; from there it moves along the edges of its table."""
    return pgtrigger.Protect(
        name=f"{name}_first_state",
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__state__in=sorted(states)),
    )


def not_beyond_capture(name: str) -> pgtrigger.Trigger:
    """What goes back of one capture, refunds that have not failed and lost disputes together, is never more than it."""
    return pgtrigger.Trigger(
        name=f"{name}_not_beyond_capture",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            IF (SELECT coalesce(sum(amount), 0) FROM payments_refund
                WHERE attempt_id = NEW.attempt_id AND state <> 'failed')
             + (SELECT coalesce(sum(price_part + fee_part), 0) FROM payments_dispute
                WHERE attempt_id = NEW.attempt_id AND state = 'lost')
             > (SELECT c.amount + c.fee FROM payments_charge c WHERE c.id = NEW.charge_id)
            THEN
                RAISE EXCEPTION 'more would go back than was captured' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )
