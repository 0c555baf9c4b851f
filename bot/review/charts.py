"""Small charts as SVG; each page shows the numbers in a table behind it."""

from typing import List, Mapping, Tuple

from markupsafe import Markup, escape

WIDTH, ROW, LABEL, VALUE = 640, 24, 210, 50


def bars(counts: Mapping[str, float], title: str) -> Markup:
    """Horizontal bars, one a name. Empty for no names."""
    if not counts:
        return Markup("")
    most = max(counts.values()) or 1
    room = WIDTH - LABEL - VALUE
    rows: List[str] = []
    for place, (name, count) in enumerate(counts.items()):
        y, width = place * ROW, max(1.0, room * count / most)
        rows.append(
            f'<text x="{LABEL - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="bar" x="{LABEL}" y="{y + 4}" width="{width:.1f}" height="{ROW - 8}"/>'
            f'<text x="{LABEL + width + 6:.1f}" y="{y + 16}">{count:g}</text>'
        )
    return _svg(title, len(counts) * ROW, "".join(rows))


def line(points: Mapping[str, float], title: str) -> Markup:
    """One line over names in order. Empty for fewer than two points."""
    if len(points) < 2:
        return Markup("")
    height, left, foot = 180, 40, 24
    most = max(points.values()) or 1
    across = (WIDTH - left - 20) / (len(points) - 1)

    def place(number: int, value: float) -> Tuple[float, float]:
        return left + number * across, 10 + (height - foot - 10) * (1 - value / most)

    path = " ".join("{:.1f},{:.1f}".format(*place(number, value)) for number, value in enumerate(points.values()))
    names = list(points)
    drawn = (
        f'<line class="axis" x1="{left}" y1="{height - foot}" x2="{WIDTH - 20}" y2="{height - foot}"/>'
        f'<polyline class="line" points="{path}"/>'
        f'<text x="{left}" y="{height - 6}">{escape(names[0])}</text>'
        f'<text x="{WIDTH - 20}" y="{height - 6}" text-anchor="end">{escape(names[-1])}</text>'
        f'<text x="{left - 6}" y="18" text-anchor="end">{most:g}</text>'
    )
    return _svg(title, height, drawn)


def _svg(title: str, height: int, drawn: str) -> Markup:
    # Everything a person wrote or named was escaped above.
    return Markup(
        f'<svg class="chart" role="img" aria-label="{escape(title)}" viewBox="0 0 {WIDTH} {height}" '
        f'xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'
    )
