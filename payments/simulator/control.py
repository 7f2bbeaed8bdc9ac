"""`/_control/…`: what a test asks of a served simulator, in JSON. There is nothing like it at Stripe.

POST   /_control/faults    {"kind": "lost_after", "on": "/confirm", "times": 3, "seconds": 0}
DELETE /_control/faults
GET    /_control/faults
POST   /_control/clock     {"advance": 90000}       seconds
POST   /_control/pay       {"session": "cs_test_…", "scenario": "works"}
POST   /_control/<action>  what happens at Stripe without us, by the names of payments.simulator.actions:
                           "dispute", "close_dispute", "refund", "fail_refund", "pay_out", "onboard" …
POST   /_control/webhooks  {}                       deliver what is due, now
GET    /_control/objects/<kind>                     all of a kind, the oldest first
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from marketplace.kernel import clock
from payments.simulator.actions import ACTIONS
from payments.simulator.core import Simulator
from payments.simulator.errors import ApiError
from payments.simulator.webhooks import Courier
from payments.simulator.wire import Json


class Control:
    def __init__(self, *, simulator: Simulator, courier: Courier | None) -> None:
        self._simulator, self._courier = simulator, courier
        self._actions: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "faults"): self._list_faults,
            ("POST", "clock"): self._advance,
            ("POST", "pay"): self._pay,
            ("POST", "webhooks"): self._deliver,
        }

    def answer(self, method: str, path: str, body: Json) -> tuple[int, Json]:
        """Status and answer; what can't be understood is 400."""
        name = path.removeprefix("/_control/")
        try:
            if method == "GET" and name.startswith("objects/"):
                return 200, self._objects(name.removeprefix("objects/"))
            if control := self._actions.get((method, name)):
                return 200, control(body)
            if method == "POST" and (action := ACTIONS.get(name)):
                return 200, self._simulator.act(f"/{name}", lambda desk: action(desk, body))
        except (KeyError, TypeError, ValueError) as error:
            return 400, {"error": f"{type(error).__name__}: {error}"}
        except ApiError as error:
            return error.status, {"error": error.body}
        return 404, {"error": "no such control"}

    def _add_fault(self, body: Json) -> Json:
        self._simulator.faults.add(**body)
        return self._list_faults({})

    def _clear_faults(self, _: Json) -> Json:
        self._simulator.faults.clear()
        return self._list_faults({})

    def _list_faults(self, _: Json) -> Json:
        return {"faults": [asdict(fault) for fault in self._simulator.faults.waiting()]}

    def _advance(self, body: Json) -> Json:
        clock.shift(clock.offset() + timedelta(seconds=int(body["advance"])))
        self._simulator.let_time_act()
        return {"now": clock.now().isoformat()}

    def _pay(self, body: Json) -> Json:
        return self._simulator.pay(body["session"], body["scenario"])

    def _deliver(self, _: Json) -> Json:
        return {"sent": [asdict(sent) for sent in self._courier.deliver_due()] if self._courier else []}

    def _objects(self, kind: str) -> Json:
        with self._simulator.lock:
            return {"data": list(self._simulator.store.each(kind))}
