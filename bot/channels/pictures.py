"""What a person has gone through so far, as a picture."""

from datetime import date
from io import BytesIO
from typing import Any, Mapping, Optional

INK, DOT, LINE = "#33415c", "#7d9bb8", "#d8dde4"
MOST_THEMES = MOST_DAYS = 8


def journey_png(found: Mapping[str, Any], titles: Mapping[str, str]) -> Optional[bytes]:
    """Themes and heaviness over the last days (`days` of the engine's journey); None when there is neither.

    `titles` are the headings of the two parts, `themes` and `heaviness`.
    """
    # Loaded with the first picture: it takes a second and 30 MB that most conversations never need.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    days = found["days"][-MOST_DAYS:]
    draw = {"themes": _themes, "heaviness": _heaviness}
    held = {
        "themes": any(day["themes"] for day in days),
        "heaviness": any(day["heaviness"] + day["felt"] for day in days),
    }
    shown = [name for name in draw if held[name]]
    if not shown:
        return None
    figure = Figure(figsize=(7, 3.2 * len(shown)), dpi=120, constrained_layout=True)
    FigureCanvasAgg(figure)
    for number, name in enumerate(shown, 1):
        axes = figure.add_subplot(len(shown), 1, number)
        axes.set_title(titles[name], color=INK, loc="left")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.set_xlim(-0.5, len(days) - 0.5)
        axes.set_xticks(range(len(days)), [_short(day["on"]) for day in days])
        draw[name](axes, found, days)
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _themes(axes: Any, found: Mapping[str, Any], days: Any) -> None:
    """A row for each theme, a dot for each day on which it came up."""
    names = [theme["name"] for theme in found["themes"] if any(_count(day, theme["name"]) for day in days)][
        :MOST_THEMES
    ]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="y", color=LINE)
    axes.set_axisbelow(True)
    for row, name in enumerate(names):
        for place, day in enumerate(days):
            axes.scatter([place], [row], s=60 * min(4, _count(day, name)), color=DOT)


def _heaviness(axes: Any, found: Mapping[str, Any], days: Any) -> None:
    """The numbers of each day side by side, and below them how it was after exercises."""
    places = [
        (place + (number + 1) / (len(day["heaviness"]) + 1) - 0.5, value)
        for place, day in enumerate(days)
        for number, value in enumerate(day["heaviness"])
    ]
    axes.plot([place for place, _ in places], [value for _, value in places], color=INK, marker="o")
    axes.set_ylim(-3, 11)
    axes.set_yticks((0, 5, 10))
    for place, value in places:
        axes.annotate(str(value), (place, value), (0, 6), textcoords="offset points", ha="center", color=INK)
    for place, day in enumerate(days):
        axes.text(place, -1, "\n".join(one["felt"] for one in day["felt"][-2:]), ha="center", va="top", color=INK)


def _count(day: Mapping[str, Any], name: str) -> int:
    return sum(theme["count"] for theme in day["themes"] if theme["name"] == name)


def _short(on: str) -> str:
    day = date.fromisoformat(on)
    return f"{day.day} {day:%b}"
