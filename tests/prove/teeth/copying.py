"""A copy of the site, where faults are made: the tracked files as they lie here."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.prove.teeth.fault import ROOT, Fault

COMPILED = "__pycache__"


def copy_site(to: Path) -> None:
    """Every tracked file with its time, and what Python has compiled of them, which is then valid in the copy too."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]
    for folder in {name.parent for name in names}:
        (to / folder).mkdir(parents=True, exist_ok=True)
        if (ROOT / folder / COMPILED).is_dir():
            shutil.copytree(ROOT / folder / COMPILED, to / folder / COMPILED)
    for name in names:
        shutil.copy2(ROOT / name, to / name)


@contextmanager
def made_in(site: Path, fault: Fault) -> Iterator[None]:
    """The fault is in the copy's code until the end of the block. One of the database changes no file."""
    if fault.sql:
        yield
        return
    path = site / fault.file
    sound, times = path.read_text(), path.stat()
    path.write_text(sound.replace(fault.old, fault.new))
    try:
        yield
    finally:
        path.write_text(sound)
        os.utime(path, (times.st_atime, times.st_mtime))
