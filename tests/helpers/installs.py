"""This project as others have it: installed from a wheel, and from a checkout, in environments."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
FOLDERS = ("backends", "conformance", "reports")
FILES = ("pyproject.toml", "README.md", "LICENSE")


def copy_checkout(to: Path) -> Path:
    """Copy what a build needs: a build in the tree would leave files there."""
    for name in FOLDERS:
        unwanted = shutil.ignore_patterns("__pycache__", "output")
        shutil.copytree(ROOT / name, to / name, ignore=unwanted)
    for name in FILES:
        shutil.copy(ROOT / name, to / name)
    return to


def build_wheel(source: Path, to: Path) -> Path:
    """Build the wheel of a checkout."""
    checked([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(to), str(source)])
    (wheel,) = to.glob("*.whl")
    return wheel


def other_distribution(package: str, to: Path) -> Path:
    """Build the wheel of another project that installs a package of that name."""
    wheel, information = to / "other-1.0-py3-none-any.whl", "other-1.0.dist-info"
    with ZipFile(wheel, "w") as archive:
        archive.writestr(f"{package}/__init__.py", "OTHER = 1.0\n")
        archive.writestr(
            f"{information}/METADATA", "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{information}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{information}/RECORD", "")
    return wheel


def make_environment(folder: Path, *installed: list[str]) -> Path:
    """Make an environment, run ``pip install`` in it with each list of words; return its Python.

    It finds the dependencies in the environment of the tests, but not this project.
    """
    checked([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    python = folder / "bin" / "python"
    (library,) = folder.glob("lib/python*/site-packages")
    # Python reads no .pth files in a folder that such a file names: no editable install is found.
    (library / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    for words in installed:
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps"]
        checked([*pip, "--force-reinstall", *words])
    return python


def checked(command: list[str]) -> str:
    """Run a command that must succeed, and return what it printed."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout
