"""What a test of a suite works with: its share of the cases, and a place for what it finds."""

import hashlib
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.prove.options import SHARDS, Options
from tests.prove.report import Report, Violation

ROOT = f"{Path(__file__).resolve().parents[2]}/"
MOST_VIOLATIONS = 10  # after so many the rest would say the same
PLACES = 3  # lines of the stack that a violation names


class EnoughSeen(Exception):
    """So many violations that the suite ends early."""


@dataclass(kw_only=True)
class Proof:
    """One test of one suite on one shard."""

    options: Options
    shard: int
    report: Report
    _began: float = field(default_factory=time.monotonic)
    _log: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def mine(self, count: int) -> range:
        """The numbers of this shard's cases, of 0 … count - 1."""
        return range(self.shard, count, SHARDS)

    def wants(self, case: str) -> bool:
        """Is `case` to be run? All are, unless one was asked for by its name, or some by how their names begin."""
        return case.startswith(self.options.only)

    def count(self, **amounts: int) -> None:
        self.report.counts.update(amounts)

    def cover(self, kind: str, *names: str, total: int | None = None) -> None:
        """Note that these members of a closed set were reached; `total` is how many it has."""
        self.report.covered.setdefault(kind, set()).update(names)
        if total is not None:
            self.report.totals[kind] = total

    def log(self, line: str) -> None:
        """A line of the run's log, which the digest names. Write nothing that differs between equal runs."""
        self._log.update(f"{line}\n".encode())
        self.report.digest = self._log.hexdigest()[:16]

    @contextmanager
    def case(self, name: str) -> Iterator[None]:
        """One case. What it raises is a violation with a replay, and the next case still runs."""
        try:
            yield
        except EnoughSeen:
            raise
        except Exception as error:  # noqa: BLE001 whatever it is, it is a finding
            self.violate(name, describe(error))

    def violate(self, case: str, what: str) -> None:
        replay = f"make prove SUITE={self.report.suite} TIER={self.options.tier} SEED={self.options.seed} ONLY={case}"
        self.report.violations.append(Violation(case=case, what=what[:4000], replay=replay))
        if len(self.report.violations) >= MOST_VIOLATIONS:
            raise EnoughSeen

    def finish(self) -> None:
        self.report.seconds = time.monotonic() - self._began


def describe(error: BaseException) -> str:
    """What was raised, and where: the innermost lines of the stack that are ours."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/.venv/" not in frame.filename]
    where = " < ".join(f"{frame.filename.removeprefix(ROOT)}:{frame.lineno}" for frame in frames[::-1][:PLACES])
    notes = "".join(f"\n{note}" for note in getattr(error, "__notes__", ()))  # Hypothesis: the shortest way to it
    return f"{type(error).__name__}: {error} at {where}{notes}"
