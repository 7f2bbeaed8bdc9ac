"""A deliberate fault, and the smallest proof that must notice it."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, kw_only=True)
class Proving:
    """A run of tests that must fail: what pytest is to run, and the case of a suite, "" for all of them."""

    tests: str
    only: str = ""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`old` stands once in `file`. It is replaced by `new`; or `sql` takes away what it says in the database."""

    name: str
    file: str
    old: str
    new: str = ""
    sql: str = ""
    killed_by: Proving

    def problem(self, root: Path = ROOT) -> str:
        """Why it can't be made in the files under `root`; "" when it can."""
        times = (root / self.file).read_text().count(self.old)
        if times != 1:
            return f"{self.file} has what is to be replaced {times} times"
        return "it changes nothing" if self.old == self.new else ""


def fault(name: str, file: str, old: str, new: str, tests: str, only: str = "") -> Fault:
    """A fault in the code."""
    return Fault(name=name, file=file, old=old, new=new, killed_by=Proving(tests=tests, only=only))


def unguarded(name: str, file: str, old: str, sql: str, tests: str) -> Fault:
    """A guard of the database that is missing."""
    return Fault(name=name, file=file, old=old, sql=sql, killed_by=Proving(tests=tests))
