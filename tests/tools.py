"""Programs outside Python that the tests of pages need: found, or the test skips with one line.

Where REQUIRE_TOOLS=1 (.ci/run sets it and installs them) a missing program fails the test.
"""

import os
import shutil
import subprocess

import pytest

PROGRAMS = {
    "pdflatex": ("pdflatex",),
    "xelatex": ("xelatex",),
    "soffice": ("soffice", "libreoffice"),
    "pdftoppm": ("pdftoppm",),
    "chromium": ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell"),
}


def tex_package(name: str) -> str | None:
    """Path of a LaTeX package that kpsewhich finds, else None."""
    if shutil.which("kpsewhich") is None:
        return None
    run = subprocess.run(["kpsewhich", f"{name}.sty"], capture_output=True, text=True)
    return run.stdout.strip() or None


def find(name: str) -> str:
    """Path of a program of PROGRAMS or a LaTeX package (ctex.sty); without it skips or fails."""
    if name.endswith(".sty"):
        path = tex_package(name.removesuffix(".sty"))
    else:
        path = next(filter(None, map(shutil.which, PROGRAMS[name])), None)
    if path is not None:
        return path
    if os.environ.get("REQUIRE_TOOLS") == "1":
        pytest.fail(f"{name} is not installed, and REQUIRE_TOOLS=1", pytrace=False)
    pytest.skip(f"{name} is not installed")
