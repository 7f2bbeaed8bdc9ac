"""`make prove`: one suite of tests/prove at its release figures (or another TIER), on throw-away servers."""

import os

from marketplace.local.errors import LocalError
from marketplace.local.folders import REPOSITORY
from marketplace.local.testing import run_tests

SUITES = REPOSITORY / "tests" / "prove"


def prove(suite: str = "") -> int:
    """pytest's exit code. TIER, SEED and ONLY come from the environment, as `make` gives them."""
    known = sorted(path.stem.removeprefix("test_") for path in SUITES.glob("test_*.py"))
    if suite not in known:
        raise LocalError(f"Say which: make prove SUITE={'|'.join(known)} [SEED=…] [TIER=release|ci] [ONLY=<case>]")
    tier = os.environ.get("TIER") or "release"
    if tier not in ("release", "ci"):
        raise LocalError(f"There is no tier {tier}: release or ci.")
    wanted = {"PROVE_TIER": tier, "PROVE_SEED": os.environ.get("SEED", ""), "PROVE_ONLY": os.environ.get("ONLY", "")}
    os.environ.update(wanted)
    return run_tests([f"tests/prove/test_{suite}.py", "-q", "--dist", "loadgroup"])
