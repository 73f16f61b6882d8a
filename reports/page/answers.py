"""Three to seven things worth knowing of a document, the worst first, each with a link."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.reports.document.severity import SEVERITIES
from conv2d_conformance.reports.page.speed import ranking
from conv2d_conformance.reports.tables.conventions import clip, conventions
from conv2d_conformance.reports.tables.summary import RAN, count, summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.page.changes import ChangeRow, Changes
    from conv2d_conformance.reports.tables.deviations import Deviation
    from conv2d_conformance.reports.tables.summary import Line

MAX_CAUSES = 3
MAX_NAMES = 4
MAX_RANKED = 5
MOST_OF_A_VALUE = 90
FLIPPED = "convolution"
SIDES = {
    "upper": "an even kernel's extra pixel under `same` goes after the image",
    "lower": "it goes before the image",
}


@dataclass(frozen=True)
class Part:
    """Some calls, and what is said of them; ``more`` calls are not named."""

    names: tuple[str, ...]
    words: str
    more: int = 0


@dataclass(frozen=True)
class Answer:
    """One thing to know: its title, which links to ``place``, and what it says."""

    title: str
    place: str
    parts: tuple[Part, ...]
    look: str = ""


def answers(document: Document, deviating: Sequence[Deviation]) -> tuple[Answer, ...]:
    """Return what is worth knowing of a run: dangers, flips, anchors, speed, what is missing."""
    lines = summarise(document)
    if not any(line.backend is not None for line in lines):
        return ()
    found = [
        *_dangers(lines, deviating),
        *_readings(document),
        *_speed(document),
        *_missing(lines),
    ]
    return tuple(found)


def answers_of_changes(changes: Changes) -> tuple[Answer, ...]:
    """Return what is worth knowing of an upgrade: changes by cause, speed, what is not judged."""
    rows = changes.tables.get("Findings", [])
    causes = [row for row in rows if row.change != "slower"]
    shown = len(causes) if len(causes) <= MAX_CAUSES else MAX_CAUSES - 1
    found = [_of_change(row) for row in causes[:shown]]
    if more := len(causes) - shown:
        found.append(Answer(count(more, "more cause"), "changes", (), "bad"))
    return (*found, *_speed_of(changes), *_fixed(changes), *_not_judged(changes))


def _dangers(lines: Sequence[Line], found: Sequence[Deviation]) -> Iterator[Answer]:
    worst = [one for one in found if one.dangerous]
    shown = len(worst) if len(worst) <= MAX_CAUSES else MAX_CAUSES - 1
    yield from (_danger(one) for one in worst[:shown])
    if left := worst[shown:]:
        names = dict.fromkeys(name for one in left for name in one.backends)
        which = ", ".join(dict.fromkeys(one.severity for one in left))
        words = f"{count(len(left), 'more cause')}: {which}"
        yield Answer("More like these", "deviations", (_part(names, words),), _look(left))
    if not worst and any(sum(line.counts[o] for o in RAN) for line in lines):
        said = f"no check found {', '.join(SEVERITIES[:3])}"
        if found:
            said += f"; {count(len(found), 'cause')} of what is less severe"
        yield Answer(
            "No dangerous deviation",
            "deviations" if found else "verdicts",
            (Part((), said),),
            "good",
        )


def _danger(one: Deviation) -> Answer:
    known = "expected failure" if one.expected else "failure"
    words = f"{one.cause} ({count(one.count, known)})"
    return Answer(_title(one.severity), one.place, (_part(one.backends, words),), _look([one]))


def _look(found: Iterable[Deviation]) -> str:
    return "odd" if all(one.expected for one in found) else "bad"


def _title(words: str) -> str:
    return words[:1].upper() + words[1:]


def _part(names: Iterable[str], words: str) -> Part:
    # A variant, such as ``-fft``, is not a separate call for the reader.
    plain = list(dict.fromkeys(name.partition("-")[0].partition(" (")[0] for name in names))
    return Part(tuple(plain[:MAX_NAMES]), words, max(0, len(plain) - MAX_NAMES))


def _readings(document: Document) -> Iterator[Answer]:
    found = conventions(document)
    flips = [one.label for one in found if one.orientation == FLIPPED]
    keeps = [one.label for one in found if one.orientation == "correlation"]
    others = [one.label for one in found if one.orientation not in (None, FLIPPED, "correlation")]
    said = (
        (flips, "kernel rotated by 180°, a convolution"),
        (keeps, "kernel read as it is, a cross-correlation"),
        (others, "kernel read in yet another way"),
    )
    if parts := tuple(_part(names, words) for names, words in said if names):
        yield Answer("Who flips", "flips", parts)
    sides = {side: [c.label for c in found if c.words("anchor") == side] for side in SIDES}
    if parts := tuple(_part(names, SIDES[side]) for side, names in sides.items() if names):
        yield Answer("Who anchors where", "conventions", parts)


def _speed(document: Document) -> Iterator[Answer]:
    if not (size := ranking(document)):
        return
    first, *others = size.taken
    parts = [Part((first[0],), size.words(first[1]))]
    parts += [Part((name,), f"{time / first[1]:.3g} times that") for name, time in others]
    more = len(parts) - MAX_RANKED
    title = f"Who is fastest at {size.name}"
    left = (Part((), f"{more} more, each slower"),) if more > 0 else ()
    yield Answer(title, "timings", (*parts[:MAX_RANKED], *left))


def _missing(lines: Iterable[Line]) -> Iterator[Answer]:
    absent = [line for line in lines if line.status in ("not run", "incomplete")]
    if absent:
        named = Counter(line.backend or f"environment {line.environment}" for line in absent)
        first = clip(absent[0].sentence, 200)
        words = first if len(absent) == 1 else f"{len(absent)} in all; the first: {first}"
        yield Answer("What was not run", "missing", (_part(named, words),), "odd")


def _of_change(row: ChangeRow) -> Answer:
    words = f"{row.meaning}; {row.subject}: {_short(row.before)} → {_short(row.after)}"
    return Answer(_title(row.severity), row.place_on_page, (Part((row.place,), words),), "bad")


def _short(text: str) -> str:
    return text if len(text) <= MOST_OF_A_VALUE else f"{text[:MOST_OF_A_VALUE]}…"


def _speed_of(changes: Changes) -> Iterator[Answer]:
    rows = [row for table in ("Findings", "Notes") for row in changes.tables.get(table, [])]
    slower = [row for row in rows if row.change == "slower"]
    faster = [row for row in rows if row.change == "faster"]
    said = ((slower, "slower", "bad"), (faster, "faster", "good"))
    for found, word, look in said:
        if found:
            parts = tuple(Part((r.place,), f"{r.subject}: {r.meaning}") for r in found[:MAX_CAUSES])
            yield Answer(_title(word), found[0].place_on_page, parts, look)


def _fixed(changes: Changes) -> Iterator[Answer]:
    rows = [row for row in changes.tables.get("Notes", []) if row.change == "fixed"]
    if rows:
        parts = tuple(Part((row.place,), row.subject) for row in rows[:MAX_CAUSES])
        yield Answer("Fixed", rows[0].place_on_page, parts, "good")


def _not_judged(changes: Changes) -> Iterator[Answer]:
    if changes.unjudged:
        parts = tuple(Part((), clip(reason, 200)) for reason in changes.unjudged[:MAX_CAUSES])
        yield Answer("What could not be judged", "changes", parts, "odd")
