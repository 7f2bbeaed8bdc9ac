"""All faults."""

from tests.prove.teeth import bank, guards, money, process
from tests.prove.teeth.fault import Fault

FAULTS: tuple[Fault, ...] = (
    *guards.LOCKS,
    *guards.GUARDS,
    *bank.WEBHOOKS,
    *bank.CALLS,
    *money.REFUNDS,
    *money.PAYOUTS,
    *process.DOOR,
    *process.CLOCKS,
)
