"""The call returns, and does not end the process."""

from __future__ import annotations

import faulthandler
import os

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end

# --- the script begins here


def refuse(status):
    """Stand for ``os._exit``."""
    end(1, "the call ended the process with", status)


os._exit = refuse
faulthandler.dump_traceback_later(60, exit=True)  # exits 1
try:
    call(img, k)
except SystemExit as error:
    if error.code == 2:  # from ``call``
        raise
    end(1, "the call ended the process with", error.code)
faulthandler.cancel_dump_traceback_later()
end(0, "no defect: the call came back")
