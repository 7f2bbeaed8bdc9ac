"""Every exchange of a run is held to Stripe's description, whichever way it took, and counted by its operation."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest

from payments.simulator.core import Simulator
from payments.simulator.endpoints import SimulatorServer
from payments.simulator.wire import Request, Response
from tests.contract.validator import contract, problems_of, template_of

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

PROPERTY = "stripe_exchanges"
_counted: Counter[str] = Counter()
_over_http: list[tuple[Request, Response]] = []


def problems_with(exchanges: Iterable[tuple[Request, Response]]) -> list[str]:
    """What Stripe's description has against them. They count as held from now on."""
    found = []
    for request, response in exchanges:
        found += problems_of(request, response)
        method = request.method.lower()
        if response.status == 200:
            _counted[f"{method} {template_of(method, request.path)}"] += 1
    return found


class Overheard(Simulator):
    """A simulator behind HTTP, of which every exchange is kept: for browsers and other processes."""

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        _over_http.append((request, response))
        return response


@pytest.fixture(scope="session", autouse=True)
def _overhear() -> Iterator[None]:
    """Whatever simulator is put behind HTTP during the run."""
    original = SimulatorServer.__init__

    def begin(self: SimulatorServer, *args: object, simulator: Simulator, **more: object) -> None:
        overheard = Overheard.__new__(Overheard)
        overheard.__dict__ = simulator.__dict__  # the same simulator, which also the test has
        original(self, *args, simulator=overheard, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimulatorServer, "__init__", begin)
        yield


@pytest.fixture(autouse=True)
def _held_to_contract(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    problems = problems_with(_over_http)
    _over_http.clear()
    if _counted:
        request.node.user_properties.append((PROPERTY, dict(_counted)))
        _counted.clear()
    assert not problems, "\n".join(problems)


def say_what_was_held(terminalreporter: "TerminalReporter") -> None:
    """One line of JSON: how many exchanges of the whole run were held to the description, of how many operations."""
    held: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                for name, value in report.user_properties:
                    held.update(value if name == PROPERTY else {})
    if held:
        described = {f"{method} {path}" for path, operations in contract()["paths"].items() for method in operations}
        said = {
            "held_to_stripes_description": held.total(),
            "operations": f"{len(held)}/{len(described)}",
            "never": sorted(described - held.keys()),
        }
        terminalreporter.line(json.dumps(said))
