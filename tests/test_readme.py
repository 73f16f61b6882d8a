"""What the READMEs say is what the code declares, what CI runs, and what is in the tree."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.registry import SHIPPED
from conv2d_conformance.checks.clauses import SECTIONS
from conv2d_conformance.definition.padding import Options, pads_of
from tests.helpers import module_tables
from tests.helpers.readmes import (
    MADE_BY_A_RUN,
    READMES,
    ROOT,
    is_importable,
    is_reached,
    is_there,
    links,
    modules,
    paths,
    quoted,
    text_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from conv2d_conformance.backends.protocol import Spec

README = text_of("README.md")
CALLS = text_of("backends/README.md")
STANDARD = text_of("conformance/README.md")
ROW = re.compile(r"^\| (`[^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
WORDS = (
    "cross-correlation", "convolution", "transposed convolution", "orientation", "tap", "anchor",
    "boundary", "padding", "backend", "adapter", "reference", "case", "clause", "check", "fact",
    "verdict", "symptom", "margin", "timing", "finding", "u", "S", "K", "mutant",
)  # fmt: skip
ORIENTATIONS = {"convolution": "convolution", "correlation": "correlation"}
ANCHORS = {"before": "lower", "after": "upper", "none": None}
BOUNDARIES = {"zeros": "zeros", "reflected image": "reflect", "none": None}


def rows() -> dict[str, tuple[str, str, str]]:
    found = {}
    for names, *cells in ROW.findall(CALLS):
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
    r"^\| call ((?:\| H \d, K \d, s \d )+)\|\n.*\n((?:\|.*\n)+)", CALLS, re.MULTILINE
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
    assert f"`{section.replace(' ', '_')}`" in STANDARD


@pytest.mark.parametrize("readme", READMES)
def test_every_path_that_is_named_is_there(readme: str) -> None:
    assert [path for path in paths(readme) if not is_there(readme, path)] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_module_that_is_named_is_there(readme: str) -> None:
    assert [name for name in sorted(modules(readme)) if not is_importable(name)] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_link_leads_to_a_file_and_a_heading(readme: str) -> None:
    assert [link for link in links(readme) if not is_reached(readme, link)] == []


@pytest.mark.parametrize("room", module_tables.ROOMS)
def test_the_table_of_modules_is_that_of_the_tree(room: str) -> None:
    text = text_of(f"{room}/README.md")
    command = "renew it: python -m tests.helpers.module_tables"
    assert text == module_tables.renewed(room, text), command


@pytest.mark.parametrize("room", module_tables.ROOMS)
def test_the_readme_of_a_room_says_what_it_is_for_and_how_to_add_to_it(room: str) -> None:
    headings = re.findall(r"^## (.+)$", text_of(f"{room}/README.md"), re.MULTILINE)
    assert {"How data runs through it", "Every module", "Words"} <= {*headings}


def test_the_first_page_is_short_and_leads_to_every_room() -> None:
    assert README.count("\n") < 150
    assert {f"{room}/README.md" for room in module_tables.ROOMS} <= {*links("README.md")}


def answers() -> list[str]:
    """The numbered steps of "Where is …?" in the README of the standard."""
    _, _, section = STANDARD.partition("## Where is")
    section, _, _ = section.partition("\n## ")
    return re.split(r"^\d\. ", section, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("step", answers(), ids=lambda step: step[:30])
def test_what_a_step_names_is_in_the_files_that_it_names(step: str) -> None:
    words = [word for word in quoted(step) if word not in MADE_BY_A_RUN]
    files = [ROOT / "conformance" / word for word in words if word.endswith(".py")]
    text = "".join(file.read_text("utf-8") for file in files if file.is_file())
    names = [word for word in words if re.fullmatch(r"_?[A-Za-z]+(_\w+|\.\w+)", word)]
    lost = [name for name in names if name.rpartition(".")[2] not in text]
    assert [name for name in lost if not is_there("conformance/README.md", name)] == []


@pytest.mark.parametrize("word", WORDS)
def test_the_glossary_has_the_word(word: str) -> None:
    _, _, glossary = STANDARD.partition("## Words")
    assert re.search(rf"^\| .*\b{re.escape(word)}\b.* \| .+ \|$", glossary, re.MULTILINE)


def test_ci_runs_the_two_commands() -> None:
    marked = README[README.index("<!-- .ci/run") :]
    blocks = re.findall(r"^```sh\n(.*?)^```$", marked, re.MULTILINE | re.DOTALL)[:2]
    assert [block.count("\n") for block in blocks] == [1, 1]
    assert "tox run-parallel -p all\n" in blocks[0]
    assert "-e gate,tests,examples,browser,lint,type" in blocks[1]


@pytest.mark.slow
def test_a_version_that_is_asked_for_beats_its_pin() -> None:
    sys.path.insert(0, str(ROOT / ".ci"))
    remaining = importlib.import_module("install").remaining_pins
    sys.path.pop(0)
    pins = ["# frameworks", "scipy==1.17.1", "scipy-stubs==1.17.1.5", "jax==0.10.2", "tox==4"]
    asked = ["-r", "scipy==1.16.3", "jax", "SciPy_Stubs>=1", "tox>4"]
    assert remaining(pins, asked) == ["# frameworks", "scipy-stubs==1.17.1.5", "jax==0.10.2"]


@pytest.mark.slow
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
    assert "examples" not in listing
    for needed in (
        *data,
        "conv2d_conformance/reports/document/schema.json",
        "conv2d_conformance/reports/page/templates/",
    ):
        assert needed in listing
