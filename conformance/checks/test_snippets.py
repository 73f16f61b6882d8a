"""H5: the script of a bug report makes the call that was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.backends.protocol import choose_snippet
from conv2d_conformance.cases.planes import DTYPED, FEW_CASES
from conv2d_conformance.checks.registry import check
from conv2d_conformance.errors import (
    NO_ANSWER,
    RaisedError,
    Refused,
    WrongValueError,
)

if TYPE_CHECKING:
    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.under_test.backend import BackendUnderTest

# Each padding with an even kernel, and each dtype that a snippet may have to treat apart.
SNIPPED = (*FEW_CASES[1::2], *(case for case in DTYPED if case.padding == "same"))


@check("H5", SNIPPED)
def test_the_snippet_does_what_the_adapter_does(subject: BackendUnderTest, case: Case) -> None:
    snippet = choose_snippet(subject.spec.snippet, case.padding, case.dtype)
    if not snippet:
        reason = "the adapter gives no snippet; a script imports it instead"
        raise Refused(reason)
    result = subject.run(case)
    try:
        shown = subject.runner.snippet(snippet, (*case.arrays(), case.padding))
    except NO_ANSWER:
        raise
    except Exception as error:
        msg = f"the snippet raised {type(error).__name__}: {error}"
        raise RaisedError(msg) from error
    said, got = ((a.dtype, a.shape, a.tobytes()) for a in (shown, result))
    if said != got:
        msg = (
            f"{subject.spec.name}: its snippet gives {shown.dtype} of {shown.shape}, the adapter "
            f"{result.dtype} of {result.shape}, with other bits"
        )
        raise WrongValueError(msg)
