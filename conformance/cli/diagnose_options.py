"""The options of ``diagnose``; `conv2d_conformance.cli.diagnose` is the command itself."""

from __future__ import annotations

import argparse

from conv2d_conformance.cli.call_options import verbose
from conv2d_conformance.console import import_command

DIAGNOSE = """\
Explain how one or two results follow from an image and a kernel: a kernel flipped or transposed,
another anchor, shift, boundary, padding, stride, dilation, groups, scale, constant, precision or
layout of channels, and what follows: a bias or scale of each output, ReLU and its like, a clip, an
absolute value, rounding; or several of these. Prints what holds within the suite's error bound,
simplest first, and the line of code that repeats it.

Exit 0: the result is the plain call up to rounding, or the two results agree; 1: something differs,
or nothing explains it; 2: could not judge (a file, a name or shapes that fit nothing)."""
DIAGNOSE_MORE = """\
A file is .npy, .npz (FILE.npz:KEY names one of several arrays), or .csv, .tsv, .txt; pickled
objects are never read. Anything else is the name of a call, as for probe, or NAME@PYTHON; the call
is made on IMAGE and KERNEL. Channels may be first or last, axes of length 1 may be missing.

  python -m conv2d_conformance diagnose --example
  python -m conv2d_conformance diagnose --example scipy.signal.convolve2d keras.layers.Conv2D
  python -m conv2d_conformance diagnose image.npy kernel.npy mine.npy scipy.signal.correlate2d"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the description and the options of ``diagnose`` to a parser."""
    parser.description, parser.epilog = DIAGNOSE, DIAGNOSE_MORE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.usage = "%(prog)s [options] IMAGE KERNEL RESULT [RESULT2]"
    parser.add_argument("arrays", nargs="*", metavar="FILE", help="files; a RESULT may be a call")
    parser.add_argument(
        "--example",
        action="store_true",
        help="use image and kernel of this project's original question; give only RESULT and "
        "RESULT2, or neither",
    )
    parser.add_argument(
        "--padding",
        choices=("valid", "same", "full"),
        default="same",
        help="padding of the calls that are made; default: %(default)s",
    )
    parser.add_argument(
        "--expect",
        choices=("correlation", "convolution"),
        default="correlation",
        help="what counts as right: the kernel as given, or rotated by 180°; default: %(default)s",
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    verbose(parser)
    parser.set_defaults(run=_run)


def _run(o: argparse.Namespace) -> int:
    module = import_command("diagnose")
    status: int = module.diagnose(
        module.DiagnoseRequest(o.arrays, o.example, o.padding, o.expect, o.json, o.verbose)
    )
    return status
