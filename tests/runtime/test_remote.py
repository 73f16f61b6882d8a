"""A backend in another interpreter: the same bits, and a crash that costs no more than itself."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unavailable, Unsupported
from conv2d_conformance.backends.registry import load
from conv2d_conformance.backends.worker.concurrent_calls import ThreadTimeout
from conv2d_conformance.cases.planes import DTYPED, LAID_OUT
from conv2d_conformance.errors import ExitedError, TimedOutError
from conv2d_conformance.runtime.remote import RemoteRunner
from conv2d_conformance.runtime.runner_pool import RunnerPool, split_selector, with_python
from conv2d_conformance.runtime.worker_process import WorkerProcess
from tests.helpers.hosted_calls import answer, hosted, image

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.cases.case import Case

__all__ = ["hosted"]


def call(place: RemoteRunner, img: Any) -> Any:
    return place.call("conv2d", (img, np.ones((3, 3)), "same"), {})


@pytest.mark.slow
@pytest.mark.parametrize("case", [*DTYPED, *LAID_OUT], ids=lambda case: case.id)
def test_the_bits_are_those_of_a_call_in_this_process(case: Case) -> None:
    here, there = load("textbook.sum"), SHARED.runner("textbook.sum")
    operands: Any = (*case.arrays(), case.padding)
    assert answer(lambda: here.conv2d(*operands)) == answer(
        lambda: there.call("conv2d", operands, {})
    )


SHARED = RunnerPool()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("segfaults", "died of SIGSEGV: Fatal Python error: Segmentation fault"),
        ("exits", "ended with status 0"),
        ("leaves", "called sys.exit(3)"),
        ("floods", "printed 1.0 MiB in one call, over 0.25 MiB"),
        ("eats", "of memory, over 1024 MiB"),
    ],
)
def test_a_call_that_ends_its_process_costs_that_call_alone(
    hosted: Callable[..., Any], name: str, says: str
) -> None:
    place = hosted(name)
    with pytest.raises(ExitedError, match=says.replace("(", r"\(").replace(")", r"\)")):
        call(place, np.ones((9, 10)))
    assert call(place, image()).tobytes() == image().tobytes()


@pytest.mark.slow
def test_a_call_that_hangs_is_ended(hosted: Callable[..., Any]) -> None:
    place = hosted("hangs", seconds=0.5)
    with pytest.raises(TimedOutError, match=r"no result within 0\.5 s"):
        call(place, np.ones((9, 10)))
    assert call(place, image()).shape == (5, 6)


@pytest.mark.slow
def test_threads_that_the_worker_gives_up_on_have_timed_out(hosted: Callable[..., Any]) -> None:
    answer = {"raised": ThreadTimeout.__name__, "message": "2 threads at once"}
    with pytest.raises(TimedOutError, match="2 threads at once"):
        hosted("hangs")._unless_raised(answer)


@pytest.mark.slow
def test_a_child_that_keeps_the_answers_open_holds_nobody_up(hosted: Callable[..., Any]) -> None:
    place, began = hosted("forks_for_good", seconds=1.0), monotonic()
    with pytest.raises(TimedOutError):
        call(place, np.ones((9, 10)))
    assert monotonic() - began < 15


@pytest.mark.slow
def test_a_call_that_returns_in_a_fork_too_answers_once(hosted: Callable[..., Any]) -> None:
    place = hosted("forks")
    shapes = [call(place, img).shape for img in (np.ones((9, 10)), image(), image())]
    assert shapes == [(9, 10), (5, 6), (5, 6)]


@pytest.mark.slow
def test_what_a_call_writes_among_the_answers_ends_its_process(
    hosted: Callable[..., Any],
) -> None:
    place = hosted("garbles")
    with pytest.raises(ExitedError, match=r"its process (closed its answers|ended)"):
        call(place, np.ones((9, 10)))
    assert call(place, image()).shape == (5, 6)


@pytest.mark.slow
@pytest.mark.parametrize("error", ["KeyboardInterrupt", "GeneratorExit", "SystemExit"])
def test_a_module_that_raises_whatever_does_not_load(error: str, tmp_path: Path) -> None:
    file = tmp_path / "raises.py"
    file.write_text(f"raise {error}\n", "utf-8")
    with pytest.raises((Unavailable, UnknownBackendError), match=f"does not load: {error}"):
        SHARED.runner(f"{file}:conv2d")


@pytest.mark.slow
def test_a_word_on_standard_output_is_no_answer(hosted: Callable[..., Any]) -> None:
    assert call(hosted("chats"), np.ones((9, 10))).shape == (9, 10)


@pytest.mark.slow
def test_what_every_call_prints_is_passed_on_and_no_flood(
    hosted: Callable[..., Any], capfd: pytest.CaptureFixture[str]
) -> None:
    place, many = hosted("prints"), 60
    for _ in range(many):
        call(place, image())
    assert capfd.readouterr().err == ("x" * 10**4 + "\n") * many


@pytest.mark.slow
def test_what_calls_print_while_they_are_timed_counts_for_each(hosted: Callable[..., Any]) -> None:
    operands = (image(), np.ones((3, 3)), "same")
    assert len(hosted("prints").time("conv2d", operands, {}, 10, 6)) == 10


@pytest.mark.slow
def test_an_operand_that_the_call_wrote_to_is_written_to_here(hosted: Callable[..., Any]) -> None:
    img = image()
    call(hosted("mutates"), img)
    assert img[0, 0] == -1


@pytest.mark.slow
def test_a_result_that_is_a_view_of_its_operand_follows_it_here(
    hosted: Callable[..., Any],
) -> None:
    img = image()
    result = call(hosted("aliases"), img)
    img += 1
    assert np.array_equal(result, img[1:, ::-1])


@pytest.mark.slow
def test_rows_of_a_result_that_share_their_memory_do_so_here(hosted: Callable[..., Any]) -> None:
    img = image()
    result = call(hosted("repeats"), img)
    assert np.shares_memory(result[0], result[1])
    assert np.array_equal(result, np.broadcast_to(img[0], img.shape))


@pytest.mark.slow
def test_a_later_call_changes_an_earlier_result_as_it_did_there(
    hosted: Callable[..., Any],
) -> None:
    place = hosted("stale")
    first = call(place, image())
    call(place, image() + 7)
    assert np.array_equal(first, image() + 7)


@pytest.mark.slow
def test_an_operand_changed_in_place_is_the_same_array_there(hosted: Callable[..., Any]) -> None:
    place, img = hosted("caches_by_identity"), image()
    call(place, img)
    img += 1
    assert np.array_equal(call(place, img), image())


@pytest.mark.slow
def test_another_array_is_another_one_there(hosted: Callable[..., Any]) -> None:
    place = hosted("caches_by_identity")
    call(place, image())
    assert np.array_equal(call(place, image() + 1), image() + 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [("raises", "RecursionError", "too deep"), ("raises_its_own", "OddError", "odd")],
)
def test_what_a_call_raises_has_its_name_here(
    hosted: Callable[..., Any], name: str, kind: str, says: str
) -> None:
    with pytest.raises(Exception, match=says) as caught:
        call(hosted(name), image())
    assert type(caught.value).__name__ == kind


@pytest.mark.slow
def test_what_is_no_array_has_the_name_of_its_type(hosted: Callable[..., Any]) -> None:
    assert type(call(hosted("no_array"), image())).__name__ == "list"


@pytest.mark.slow
def test_what_a_backend_does_not_support_is_unsupported_here() -> None:
    place = SHARED.runner("scipy.ndimage.correlate")
    with pytest.raises(Unsupported):
        place.call("conv2d", (image(), np.ones((3, 3)), "full"), {})


@pytest.mark.slow
def test_an_interpreter_that_runs_nothing_is_unavailable() -> None:
    with pytest.raises(Unavailable, match=r"runs no backend: .*; it needs Python 3\.7 or later"):
        RemoteRunner(WorkerProcess(Path("/bin/true")), "textbook.sum", 5)


@pytest.mark.slow
def test_a_path_without_an_interpreter_is_told() -> None:
    with pytest.raises(UnknownBackendError, match="there is no interpreter /nowhere/python"):
        split_selector("textbook.sum@/nowhere/python")


def test_a_selector_names_its_interpreter() -> None:
    assert split_selector(f"scipy@{sys.executable}") == ("scipy", Path(sys.executable))


@pytest.mark.parametrize("selector", ["my dir@2/ünï.py:conv2d", "conv@home.py:Box.f", "a@b/c.py"])
def test_a_path_may_contain_an_at_sign(selector: str) -> None:
    python = Path(sys.executable)
    assert split_selector(selector) == (selector, None)
    assert with_python(selector, python) == f"{selector}@{python}"
    assert split_selector(f"{selector}@{python}") == (selector, python)


@pytest.mark.slow
def test_a_host_imports_nothing_of_the_suite_but_its_own_room(tmp_path: Path) -> None:
    file = tmp_path / "loaded.py"
    file.write_text(
        "import sys\nimport numpy as np\n"
        "def conv2d(img, k, padding):\n"
        "    names = {name.partition('.')[0] for name in sys.modules}\n"
        "    return np.array([[float(bool(names & {'conformance', 'reports', 'pytest'}))]])\n",
        "utf-8",
    )
    place = RemoteRunner(WorkerProcess(Path(sys.executable)), f"{file}:conv2d", 20)
    assert call(place, image()) == 0
