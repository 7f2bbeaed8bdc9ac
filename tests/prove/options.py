"""What a run of the proofs was asked for: `make prove SUITE=model TIER=release SEED=7 ONLY=h0003`."""

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Tier = Literal["ci", "release"]
SHARDS = 2  # each test of a suite runs once per shard, on two processes where there are two
DEFAULT_SEED = 20261122


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`only` is the name of one case, "" for all of them; `tier` says how many those are."""

    tier: Tier
    seed: int
    only: str

    def choose(self, *, ci: int, release: int) -> int:
        """The figure of this tier."""
        return release if self.tier == "release" else ci


def read_options() -> Options:
    return Options(
        tier="release" if os.environ.get("PROVE_TIER") == "release" else "ci",
        seed=int(os.environ.get("PROVE_SEED") or DEFAULT_SEED),
        only=os.environ.get("PROVE_ONLY", ""),
    )


@cache
def commit() -> str:
    """The commit that was proved, with a plus sign when files had been changed since."""

    def git(*words: str) -> str:
        root = Path(__file__).resolve().parents[2]
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    dirty = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short=12", "HEAD") + ("+" if dirty else "")
