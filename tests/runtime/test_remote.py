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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.cases.case import Case

CALLS = """
import ctypes, os, sys, time
import numpy as np

kept = []

def hostile(act):
    def conv2d(img, k, padding):
        if img.shape == (9, 10):
            act()
        return img.copy()
    return conv2d

def eat():
    held = []
    while True:
        held.append(np.ones(10**6))

segfaults = hostile(lambda: ctypes.string_at(0))
exits = hostile(lambda: os._exit(0))
leaves = hostile(lambda: sys.exit(3))
hangs = hostile(lambda: time.sleep(600))
floods = hostile(lambda: sys.stdout.write("x" * 2**20))
eats = hostile(eat)
chats = hostile(lambda: print("a word"))

def prints(img, k, padding):
    print("x" * 10**4)
    return img.copy()

def fork_for_good():
    if not os.fork():
        os.setsid()
        time.sleep(20)
    os._exit(0)

forks_for_good = hostile(fork_for_good)
forks = hostile(os.fork)
garbles = hostile(lambda: [os.write(fd, b"\\0\\0\\0\\2{}") for fd in range(3, 20) if writes(fd)])

def writes(fd):
    import fcntl
    try:
        return fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_WRONLY
    except OSError:
        return False

def mutates(img, k, padding):
    img[0, 0] = -1
    return img.copy()

def counts(img, k, padding):
    img[0, 0] += 1
    return img.copy()

def aliases(img, k, padding):
    return img[1:, ::-1]

def stale(img, k, padding):
    if not kept:
        kept.append(np.empty(img.shape, img.dtype))
    kept[0][...] = img
    return kept[0]

def caches_by_identity(img, k, padding):
    if not kept or kept[0][0] is not img:
        kept[:] = [(img, img.copy())]
    return kept[0][1].copy()

def raises(img, k, padding):
    raise RecursionError("too deep")

def raises_its_own(img, k, padding):
    raise type("OddError", (Exception,), {})("odd")

def no_array(img, k, padding):
    return [1, 2]
"""


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    file = tmp_path / "calls.py"
    file.write_text(CALLS, "utf-8")
    made: list[WorkerProcess] = []

    def make(name: str, seconds: float = 20.0, memory: int = 2**30) -> RemoteRunner:
        made.append(WorkerProcess(memory=memory))
        return RemoteRunner(made[-1], f"{file}:{name}", seconds)

    yield make
    for interpreter in made:
        interpreter.stop()


def image() -> Any:
    return np.arange(30.0).reshape(5, 6)


def call(place: RemoteRunner, img: Any) -> Any:
    return place.call("conv2d", (img, np.ones((3, 3)), "same"), {})


def answer(call: Callable[[], Any]) -> tuple[object, ...]:
    """The bits of a result with its dtype and shape, or what was raised."""
    try:
        result = call()
    except Exception as error:  # noqa: BLE001  (whatever it is, it is to be the same)
        return type(error).__name__, str(error)
    return result.dtype, result.shape, result.tobytes()


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
