"""Hooks of pytest: the parts of a suite come home from the processes that ran them, and are printed as one line."""

from typing import TYPE_CHECKING, Any

from tests.contract.holding import say_what_was_held
from tests.prove.report import Report, add_up

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

PROPERTY = "prove"


def pytest_terminal_summary(terminalreporter: "TerminalReporter") -> None:
    """One line of JSON per suite that ran, and how to see each failure again."""
    newest: dict[str, dict[str, Any]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == PROPERTY and report.when == "call":
                    newest[report.nodeid] = value
    wholes = add_up(Report.unpack(newest[node]) for node in sorted(newest))
    if wholes:
        terminalreporter.section("proofs")
    for whole in wholes:
        terminalreporter.line(whole.line())
        for violation in whole.violations:
            terminalreporter.line(f"replay: {violation.replay}")
    say_what_was_held(terminalreporter)
