"""Lines of text as a PDF of one A4 page; what no font here can print is said, never left as boxes."""

import io
import re
import textwrap
from functools import cache, lru_cache
from typing import FrozenSet, List, Sequence, Tuple
from unicodedata import bidirectional, category, east_asian_width, normalize

# Inches of an A4 page, points of its letters, and how many letters of one point stand side by side on an inch.
WIDTH, HEIGHT, MARGIN = 8.27, 11.69, 0.7
LARGEST_TYPE, SMALLEST_TYPE, LETTERS_AN_INCH = 9.5, 6.0, 128
# Comes with what draws the page.
USUAL = "DejaVu Sans"
INSTEAD = "[not printable]"
NOTE = (
    f"{INSTEAD} stands for words or signs that no font on the server of this page can print. The web page shows them."
)
# Shaped and set from right to left, which what draws the page does not do.
_RIGHT_TO_LEFT = ("R", "AL")


def pdf(lines: Sequence[str]) -> bytes:
    """A PDF of one page; a line that begins with `# ` is a heading."""
    from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
    from matplotlib.figure import Figure

    size, wrapped = _fitted(printable(lines))
    target = io.BytesIO()
    with PdfPages(target, metadata={"Title": "Pre-session brief", "CreationDate": None}) as document:
        page = Figure(figsize=(WIDTH, HEIGHT))
        FigureCanvasPdf(page)
        for place, line in enumerate(wrapped):
            heading = line.startswith("# ")
            text = line[2:] if heading else line
            below = 1 - (MARGIN + place * _leading(size)) / HEIGHT
            look = {"weight": "bold" if heading else "normal", "family": _family(text)}
            # A dollar sign would begin a formula.
            page.text(MARGIN / WIDTH, below, text.replace("$", r"\$"), size=size, **look)
        document.savefig(page)
    return target.getvalue()


def printable(lines: Sequence[str]) -> List[str]:
    """The lines with `INSTEAD` for what cannot be printed here, which is then said below the first two of them."""
    safe = [_safe(line) for line in lines]
    found = [_printable(line) for line in safe]
    return found if found == safe else [*found[:2], NOTE, *found[2:]]


def _printable(line: str) -> str:
    known = _letters_of(_family(line))
    kept = "".join(letter if _fits(letter, known) else "\0" for letter in line)
    # Words that cannot be printed are one gap with the spaces between them.
    return re.sub(r"\0(?:[\0\s]*\0)?", INSTEAD, kept)


def _safe(line: str) -> str:
    """Without control and format signs, which are no letters; a tab or a line break is a space."""
    spaced = re.sub(r"\s", " ", normalize("NFC", line))
    return "".join(letter for letter in spaced if category(letter) not in ("Cc", "Cf", "Cs"))


def _fits(letter: str, known: FrozenSet[int]) -> bool:
    return letter == " " or (ord(letter) in known and bidirectional(letter) not in _RIGHT_TO_LEFT)


@lru_cache(maxsize=256)
def _family(line: str) -> str:
    """The font with most letters of a line, the usual one where others have no more."""
    names = _families()
    return max(names, key=lambda name: sum(ord(letter) in _letters_of(name) for letter in line))


@lru_cache(maxsize=1)
def _families() -> Tuple[str, ...]:
    """Families that are installed and can be embedded, the usual one first."""
    from matplotlib import font_manager

    fonts = [entry for entry in font_manager.fontManager.ttflist if entry.fname.endswith(".ttf")]
    names = {entry.name for entry in fonts if not font_manager.is_opentype_cff_font(entry.fname)}
    return (USUAL, *sorted(names - {USUAL}))


@cache
def _letters_of(family: str) -> FrozenSet[int]:
    from matplotlib import font_manager

    font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties(family=family)))
    # A font of small pictures cannot be set in any size.
    return frozenset(font.get_charmap()) if font.scalable else frozenset()


def _fitted(lines: Sequence[str]) -> Tuple[float, List[str]]:
    """The largest size at which all lines stand on one page, and the lines broken for it."""
    size = LARGEST_TYPE
    while True:
        letters = int((WIDTH - 2 * MARGIN) * LETTERS_AN_INCH / size)
        wrapped: List[str] = []
        for line in lines:
            # Letters of some scripts are twice as wide.
            wide = any(east_asian_width(letter) in "WF" for letter in line)
            wrapped += textwrap.wrap(line, letters // 2 if wide else letters, subsequent_indent="  ") or [""]
        fits = int((HEIGHT - 2 * MARGIN) / _leading(size))
        if len(wrapped) <= fits:
            return size, wrapped
        if size <= SMALLEST_TYPE:
            return size, [*wrapped[: fits - 1], "More is on the web page."]
        size -= 0.5


def _leading(size: float) -> float:
    return 1.35 * size / 72
