"""Bad input: operands and paddings for which no clause defines a number."""

from __future__ import annotations

from dataclasses import dataclass

DEFINED_PADDINGS = ("valid", "same", "full")


@dataclass(frozen=True)
class Bad:
    """Operands of ones, by shape and dtype, and a padding; None is the first that is declared."""

    id: str
    image: tuple[int, ...] = (5, 6)
    kernel: tuple[int, ...] = (3, 3)
    dtypes: tuple[str, str] = ("float32", "float32")
    padding: str | None = None

    def definition(self) -> str:
        """The fields themselves."""
        return repr(self)

    @property
    def words(self) -> str:
        """What is bad about it, as in a sentence."""
        if self.padding not in (None, *DEFINED_PADDINGS):
            return f"the unknown padding {self.padding!r}"
        if wrong := {name: n for name, n in self._ranks() if n != 2}:
            rank = next(iter(wrong.values()))
            return f"{' and '.join(wrong)} of rank {rank}"
        if 0 in self.image:
            return f"an empty image of shape {self.image} under {self.padding!r}"
        if 0 in self.kernel:
            return f"an empty kernel of shape {self.kernel}"
        return f"an image of {self.dtypes[0]} with a kernel of {self.dtypes[1]}"

    def _ranks(self) -> tuple[tuple[str, int], ...]:
        return ("an image", len(self.image)), ("a kernel", len(self.kernel))


RANKS = (
    Bad("image-1d", image=(5,)),
    Bad("image-3d", image=(2, 5, 6)),
    Bad("kernel-1d", kernel=(3,)),
    Bad("kernel-3d", kernel=(2, 3, 3)),
    Bad("both-1d", image=(5,), kernel=(3,)),
    Bad("both-3d", image=(4, 5, 6), kernel=(2, 3, 3)),
)
PADDINGS = (Bad("unknown-word", padding="sane"), Bad("empty-word", padding=""))
KERNELS = (
    Bad("kernel-0x3", kernel=(0, 3)),
    Bad("kernel-3x0", kernel=(3, 0)),
    Bad("kernel-0x0", kernel=(0, 0)),
)
DTYPES = (
    Bad("float32-float64", dtypes=("float32", "float64")),
    Bad("float64-float32", dtypes=("float64", "float32")),
    Bad("float32-int32", dtypes=("float32", "int32")),
)
IMAGES = tuple(
    Bad(f"image-{h}x{w}/{padding}", image=(h, w), padding=padding)
    for h, w in ((0, 6), (5, 0), (0, 0))
    for padding in DEFINED_PADDINGS
)
