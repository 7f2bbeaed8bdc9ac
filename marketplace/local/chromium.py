"""A browser for the tests."""

import os
import shutil


def find_chromium() -> dict[str, str]:
    """CHROME_PATH for the tests' environment."""
    found = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    return {"CHROME_PATH": found} if found else {}
