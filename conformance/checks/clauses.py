"""The clauses: the numbered requirements on a 2-D convolution, each stated once.

A new clause needs a record in this file, a check that names it, and a mutant that the check
catches. `tests/checks/test_clause_complete.py` reports what is missing and where it goes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Clause:
    """A numbered requirement.

    Parameters
    ----------
    id : str
        A letter for the section and a number; never reused.
    section, title, statement : str
        The subject in a word, in a line, and in full.
    """

    id: str
    section: str
    title: str
    statement: str


_ALL = (
    Clause("L1", "loading", "loads", "The backend loads: what was asked for is there."),
    Clause(
        "G1",
        "geometry",
        "consistent",
        "One orientation, anchor and boundary explain the index map of every image shape, "
        "kernel shape and padding.",
    ),
    Clause(
        "G2",
        "geometry",
        "orientation as declared",
        "The kernel is read in the declared orientation: as it is, rotated, flipped or transposed.",
    ),
    Clause(
        "G3",
        "geometry",
        "anchor as declared",
        "For `same`, an odd kernel is centred, and an even kernel's extra pixel of padding lies "
        "on the declared side.",
    ),
    Clause(
        "G4",
        "geometry",
        "boundary as declared",
        "Outside the image lies what is declared: zeros, or pixels of the image.",
    ),
    Clause(
        "G5",
        "geometry",
        "kernel larger than image",
        "`valid` with a kernel larger than the image in both axes does what is declared; larger "
        "in one axis, it raises or gives an empty result. Larger by one, it may do either where it "
        "is declared to do one of the two.",
    ),
    Clause(
        "G6",
        "geometry",
        "every small shape",
        "For every image up to 6×6 and every kernel up to 5×5, each output pixel reads through "
        "each kernel element the very pixel that orientation, anchor and boundary predict; under "
        "`valid`, wherever the kernel fits.",
    ),
    Clause("S1", "shape", "valid", "`valid` gives (H - Kh + 1, W - Kw + 1)."),
    Clause("S2", "shape", "same", "`same` gives (H, W)."),
    Clause("S3", "shape", "full", "`full` gives (H + Kh - 1, W + Kw - 1)."),
    Clause(
        "V1",
        "values",
        "integers are exact",
        "Integers small enough that every partial sum is exact give the exact result, bit for "
        "bit; after rounding where an FFT computes it. The dtype of the result depends on that of "
        "the operands alone.",
    ),
    Clause(
        "V2",
        "values",
        "real data within the bound",
        "On real data each element lies within 2(√K + 2)·u·S of the exact result, S = |img| ⋆ |k|; "
        "an FFT within (6·log₂N + 3)·u·‖img‖₂·‖k‖₂; with one thread, too.",
    ),
    Clause(
        "V3",
        "values",
        "the question's example",
        "On the 8×8 image and 3×3 kernel that this project started from, every element and the "
        "published mean are right.",
    ),
    Clause(
        "X1",
        "search",
        "no counterexample",
        "Of shapes, paddings, dtypes, memory layouts and integers that a search comes to, none "
        "gives a result that is not exact; a layout may be refused.",
    ),
    Clause(
        "P1",
        "precision",
        "operands keep their bits",
        "Operands of a floating-point dtype are not rounded to a shorter format, such as TF32 or "
        "bfloat16, before they are multiplied; of an FFT as far as its norm-wise bound shows it.",
    ),
    Clause(
        "N1",
        "special values",
        "not finite is not lost",
        "Every output that reads a NaN or an infinity is not finite.",
    ),
    Clause(
        "N2",
        "special values",
        "not finite stays local",
        "Under direct summation no other output is; by an FFT none of another image or output "
        "channel.",
    ),
    Clause(
        "R1",
        "determinism",
        "repeatable",
        "The same operands give the same bits again, whatever lay in memory before, and the first "
        "call of all gives what later ones give.",
    ),
    Clause("D1", "dtype", "floats keep their dtype", "Floating-point operands give their dtype."),
    Clause("I1", "identity", "linear", "conv(x + y, k) = conv(x, k) + conv(y, k)."),
    Clause("I2", "identity", "shift-equivariant", "Shifting the image shifts the result with it."),
    Clause(
        "I3",
        "identity",
        "flips together",
        "Flipping image and kernel together flips the result, along each axis.",
    ),
    Clause(
        "C1",
        "layers",
        "layers of integers are exact",
        "With batch, channels, stride, dilation, groups and explicit pads, as far as the adapter "
        "lists them, integers give the exact result, of the right shape and the operands' dtype, "
        "and twice the same.",
    ),
    Clause(
        "C2",
        "layers",
        "layers of real data within the bound",
        "The same layers, and those of real networks, on real data: within the bound of V2, with "
        "K = C/groups·Kh·Kw; an FFT within (6·log₂N + 2√C + 1)·u·Σ‖x_c‖₂·‖k_c‖₂ over the C "
        "channels of a group.",
    ),
    Clause(
        "C3",
        "layers",
        "native layouts agree",
        "Every memory layout that the adapter can be made for gives the same layer.",
    ),
    Clause(
        "C4",
        "layers",
        "refuses as declared",
        "Of every combination of options that is declared as refused, at least one layer raises.",
    ),
    Clause(
        "C5",
        "layers",
        "same with stride as declared",
        "`same` with a stride pads as declared: as much as the last window needs, or as with "
        "stride 1.",
    ),
    Clause(
        "C6",
        "layers",
        "gradients",
        "The framework's derivatives by image and by kernel are the adjoints of the definition: "
        "exact on integers, within the bound of V2 on real data.",
    ),
    Clause(
        "C7",
        "layers",
        "gradients pair with the layer",
        "⟨conv(x, k), g⟩ = ⟨x, gradient by x⟩ = ⟨k, gradient by k⟩ on integers; by an FFT within "
        "what its bound allows their elements.",
    ),
    Clause(
        "A1",
        "transposed",
        "transposed layers of integers are exact",
        "With batch, channels, stride, dilation, groups, explicit crops and output_padding, as far "
        "as the adapter lists them, integers give the exact transposed convolution, the adjoint of "
        "the correlation, of the measured size and the operands' dtype, and twice the same.",
    ),
    Clause(
        "A2",
        "transposed",
        "transposed layers of real data within the bound",
        "The same layers on real data: within the bound of V2, with K the most products that meet "
        "in one pixel.",
    ),
    Clause(
        "A3",
        "transposed",
        "consistent",
        "One reading of the kernel and one rule of size and crop explain the index map of every "
        "kernel, stride, dilation, padding and output_padding.",
    ),
    Clause(
        "A4",
        "transposed",
        "facts as declared",
        "The reading of the kernel, the end of `valid` where the stride exceeds the kernel, the "
        "side from which `same` crops an odd pixel, and that to which output_padding adds are as "
        "declared.",
    ),
    Clause(
        "A5",
        "transposed",
        "refuses as declared",
        "Of every combination of options that is declared as refused, at least one layer raises.",
    ),
    Clause(
        "C8",
        "layers",
        "followed by an addition",
        "relu(conv(x, k) + bias + z), which optimisers fuse, is exact on integers; also where k, "
        "bias and z are constants of what is compiled.",
    ),
    Clause("H1", "hygiene", "inputs untouched", "The operands are the same after the call."),
    Clause(
        "H2",
        "hygiene",
        "memory layout does not matter",
        "Operands of which one or both are reversed, strided, Fortran-ordered, read-only or "
        "big-endian, or an image whose rows share their memory, give the same result as plain "
        "copies, or are refused; so do images and weights of a layer that are views of arrays with "
        "their channels last.",
    ),
    Clause(
        "H3",
        "hygiene",
        "calls are independent",
        "No call changes the result of another: no stale buffer, no cached kernel, no alias.",
    ),
    Clause(
        "H4",
        "hygiene",
        "the process is left alone",
        "The call changes neither NumPy's error handling, nor a global random state, nor the "
        "working directory, nor environment variables, nor warning filters.",
    ),
    Clause(
        "H5",
        "hygiene",
        "shown as it is called",
        "The snippet that a bug report shows gives the adapter's result, bit for bit.",
    ),
    Clause(
        "H6",
        "hygiene",
        "calls may run at once",
        "Calls that several threads make at once, up to eight, give what each gives alone.",
    ),
    Clause("B1", "bad input", "wrong rank", "Operands that are not 2-D get an exception."),
    Clause("B2", "bad input", "unknown padding", "An unknown padding gets an exception."),
    Clause("B3", "bad input", "empty kernel", "A kernel without elements gets an exception."),
    Clause("B4", "bad input", "mismatched dtypes", "Operands of two dtypes get an exception."),
    Clause(
        "B5",
        "bad input",
        "empty image",
        "An image without pixels gets an exception or the result of the definition: empty, or "
        "zeros where `full` has room.",
    ),
    Clause("T1", "timing", "timed", "A call is timed on tensors on which it has just passed."),
)

CLAUSES = {clause.id: clause for clause in _ALL}
SECTIONS = tuple(dict.fromkeys(clause.section for clause in _ALL))
