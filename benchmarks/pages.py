"""`make bench-pages`, beside a `make run` with demo data: the time to the whole answer, per page.

Exit code 1 when a page's median is over the budget.
"""

import os
import re
import time
from collections.abc import Iterator
from statistics import median, quantiles

import requests

ROUNDS = 30
BUDGET = 200  # milliseconds, for the median
LOGIN = {"login": "buyer@milepost.example", "password": "milepost-demo"}


class Visitor:
    """Somebody of the demo, signed in: the buyer unless another is named."""

    def __init__(self, site: str, login: dict[str, str] = LOGIN) -> None:
        self.site, self.session = site, requests.Session()
        self.session.trust_env = False
        self.get("/accounts/login/")
        form = {**login, "csrfmiddlewaretoken": self.session.cookies["csrftoken"]}
        answer = self.session.post(f"{site}/accounts/login/", form, headers={"Referer": site}, timeout=60)
        if "/accounts/login/" in answer.url:
            raise SystemExit("The demo's people can't sign in: start `make run` with demo data first.")

    def get(self, path: str) -> str:
        answer = self.session.get(f"{self.site}{path}", timeout=60)
        answer.raise_for_status()
        return answer.text

    def first_link(self, page: str, kind: str, tail: str = "") -> str:
        """The first link on `page` to one thing of its kind, by the prefix of its public id."""
        found = re.search(rf'href="([^"?]*/{kind}_\w+/{tail})', self.get(page))
        if not found:
            raise SystemExit(f"{page} links to no {kind}: is there demo data?")
        return found.group(1)

    def pages(self) -> Iterator[str]:
        yield from ("/", "/gigs/", "/orders/", "/inbox/", "/notifications/")
        yield self.first_link("/gigs/", "gig")
        yield self.first_link("/orders/", "ord")

    def measure(self, path: str) -> list[float]:
        """Milliseconds of each request, after one that warms up."""
        self.get(path)
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            self.get(path)
            times.append((time.perf_counter() - start) * 1000)
        return times


def main() -> int:
    visitor = Visitor(f"http://127.0.0.1:{os.environ.get('PORT') or 8000}")
    slow = []
    print(f"{'median':>8} {'95 %':>8}  page ({ROUNDS} requests, one after the other)")
    for path in visitor.pages():
        times = visitor.measure(path)
        print(f"{median(times):6.0f}ms {quantiles(times, n=20)[-1]:6.0f}ms  {path}")
        if median(times) > BUDGET:
            slow.append(path)
    print(f"Over {BUDGET} ms: {', '.join(slow)}" if slow else f"Every median is within {BUDGET} ms.")
    return 1 if slow else 0
