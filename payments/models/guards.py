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
