"""What a suite found out: counts, violations, time; the parts of one suite add up to one line of JSON."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from tests.prove.options import Options, commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """`replay` is one command that shows it again."""

    case: str
    what: str
    replay: str


@dataclass(kw_only=True)
class Report:
    """One suite, or its part on one process. `digest` names the log: the same seed gives the same one."""

    suite: str
    seed: int
    tier: str
    commit: str
    counts: Counter[str] = field(default_factory=Counter)
    covered: dict[str, set[str]] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    seconds: float = 0.0
    digest: str = ""

    @classmethod
    def begin(cls, suite: str, options: Options) -> "Report":
        return cls(suite=suite, seed=options.seed, tier=options.tier, commit=commit())

    def line(self) -> str:
        """The one line. What was covered is given as "covered/total"."""
        said = self.pack() | {
            "counts": dict(sorted(self.counts.items())),
            "covered": {name: self._share(name) for name in sorted(self.covered.keys() | self.totals.keys())},
            "violations": len(self.violations),
            "failures": [asdict(each) for each in self.violations],
            "seconds": round(self.seconds, 1),
        }
        del said["totals"]
        return json.dumps({name: value for name, value in said.items() if value not in ({}, [], "")})

    def _share(self, name: str) -> str:
        seen = len(self.covered.get(name, set()))
        return f"{seen}/{self.totals[name]}" if name in self.totals else str(seen)

    def pack(self) -> dict[str, Any]:
        """As plain values, to cross from one process to another."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        return plain | {
            "counts": dict(self.counts),
            "covered": {name: sorted(seen) for name, seen in self.covered.items()},
            "violations": [asdict(each) for each in self.violations],
        }

    @classmethod
    def unpack(cls, plain: dict[str, Any]) -> "Report":
        report = cls(**plain)
        report.counts = Counter(report.counts)
        report.covered = {name: set(seen) for name, seen in report.covered.items()}
        report.violations = [Violation(**each) for each in plain["violations"]]
        return report


def add_up(parts: Iterable[Report]) -> list[Report]:
    """One report per suite, in the order of their names. The longest part's time is the suite's."""
    whole: dict[str, Report] = {}
    for part in parts:
        if part.suite not in whole:
            whole[part.suite] = Report(suite=part.suite, seed=part.seed, tier=part.tier, commit=part.commit)
        into = whole[part.suite]
        into.counts += part.counts
        for name, seen in part.covered.items():
            into.covered.setdefault(name, set()).update(seen)
        into.totals |= part.totals
        into.violations += part.violations
        into.seconds = max(into.seconds, part.seconds)
        into.digest = _chain(into.digest, part.digest)
    return [whole[name] for name in sorted(whole)]


def _chain(before: str, part: str) -> str:
    if not before or not part:
        return before or part
    return hashlib.sha256(f"{before}{part}".encode()).hexdigest()[:16]
