"""What the README says is what the code declares and what CI runs."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.registry import SHIPPED
from conv2d_conformance.checks.clauses import SECTIONS
from conv2d_conformance.definition.padding import Options, pads_of

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Spec

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
ROW = re.compile(r"^\| (`[^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
ORIENTATIONS = {"convolution": "convolution", "correlation": "correlation"}
ANCHORS = {"before": "lower", "after": "upper"}
BOUNDARIES = {"zeros": "zeros", "reflected image": "reflect"}


def rows() -> dict[str, tuple[str, str, str]]:
    found = {}
    for names, *cells in ROW.findall(README):
        orientation, anchor, boundary = (cell.replace("*", "") for cell in cells)
        for name in re.findall(r"`([\w.]+)`", names):
            found[name] = (orientation.split(" ")[0], anchor.split(" ")[-1], boundary)
    return found


def spec(name: str) -> Spec:
    module, _, attr = SHIPPED[name].partition(":")
    found: Spec = getattr(importlib.import_module(module), attr).spec
    return found


def said_of(name: str) -> tuple[str, str, str]:
    plain = name.split("-")[0]
    by_last_part = {key.rsplit(".", 1)[-1]: value for key, value in rows().items()}
    return rows().get(plain) or by_last_part[plain.rsplit(".", 1)[-1]]


@pytest.mark.parametrize("name", [n for n in SHIPPED if not n.startswith("textbook")])
def test_the_table_says_of_every_backend_what_its_adapter_declares(name: str) -> None:
    orientation, anchor, boundary = said_of(name)
    declared = spec(name)
    assert (declared.orientation, declared.anchor, declared.boundary) == (
        ORIENTATIONS[orientation],
        ANCHORS[anchor],
        BOUNDARIES[boundary],
    )


STRIDED = re.search(
    r"^\| call ((?:\| H \d, K \d, s \d )+)\|\n.*\n((?:\|.*\n)+)", README, re.MULTILINE
)


def padded(declared: Spec, height: int, kernel: int, stride: int) -> str:
    """What ``same`` pads, as the adapter declares; calls that declare nothing refuse it."""
    if declared.strided_same is None:
        return "refused"
    options = Options(stride=(stride, stride))
    extents = (height, height), (kernel, kernel)
    rows, _ = pads_of("same", *extents, options, strided=declared.strided_same)
    return "{}, {}".format(*rows)


def test_the_table_of_same_with_a_stride_is_that_of_the_declared_rules() -> None:
    assert STRIDED is not None
    columns = [
        [int(n) for n in re.findall(r"\d", head)] for head in STRIDED[1].strip("|").split("|")
    ]
    lines = {n: line for line in STRIDED[2].splitlines() for n in re.findall(r"`([\w.]+)`", line)}
    told = {
        name: [cell.strip() for cell in lines[name].split("|")[2:-1]]
        for name in SHIPPED
        if name in lines
    }
    assert told == {name: [padded(spec(name), *c) for c in columns] for name in told}
    assert {name for name in SHIPPED if spec(name).options and "-" not in name} == told.keys()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_that_m_selects_is_named(section: str) -> None:
    assert f"`{section.replace(' ', '_')}`" in README


@pytest.mark.parametrize("path", re.findall(r"`((?:backends|conformance|\.ci)/[\w./]+)`", README))
def test_every_file_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


def test_ci_runs_the_two_commands() -> None:
    marked = README[README.index("<!-- .ci/run") :]
    blocks = re.findall(r"^```sh\n(.*?)^```$", marked, re.MULTILINE | re.DOTALL)[:2]
    assert [block.count("\n") for block in blocks] == [1, 1]
    assert "tox run\n" in blocks[0]
    assert "-e gate,tests,browser,lint,type" in blocks[1]


def test_a_version_that_is_asked_for_beats_its_pin() -> None:
    sys.path.insert(0, str(ROOT / ".ci"))
    kept = importlib.import_module("install").remaining_pins
    sys.path.pop(0)
    pins = ["# frameworks", "scipy==1.17.1", "scipy-stubs==1.17.1.5", "jax==0.10.2", "tox==4"]
    asked = ["-r", "scipy==1.16.3", "jax", "SciPy_Stubs>=1", "tox>4"]
    assert kept(pins, asked) == ["# frameworks", "scipy-stubs==1.17.1.5", "jax==0.10.2"]


def test_the_files_that_a_checkout_of_the_package_needs_are_in_the_wheel(tmp_path: Path) -> None:
    # A copy, for setuptools leaves a build folder beside what it builds.
    source = tmp_path / "source"
    for room in ("backends", "conformance", "reports"):
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("output"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps"]
    subprocess.run([*pip, "-w", str(tmp_path), str(source)], check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        listing = " ".join(wheel.namelist())
    data = (
        "conv2d_conformance/translation/measured.json",
        "conv2d_conformance/cases/question_data/image.csv",
    )
    for needed in (
        *data,
        "conv2d_conformance/reports/document/schema.json",
        "conv2d_conformance/reports/page/templates/",
    ):
        assert needed in listing
