"""What a person has gone through so far, as a picture."""

from io import BytesIO
from typing import Any, Mapping, Optional

INK, BAR = "#33415c", "#7d9bb8"
MOST_THEMES = 8


def journey_png(found: Mapping[str, Any], titles: Mapping[str, str]) -> Optional[bytes]:
    """Bars for `themes` [{name, count}] and a line for `heaviness` [0-10, oldest first]; None when there is neither.

    `titles` are the headings of the two parts, by the same names.
    """
    # Loaded with the first picture: it takes a second and 30 MB that most conversations never need.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    themes, heaviness = found["themes"][:MOST_THEMES], found["heaviness"]
    shown = [name for name, rows in (("themes", themes), ("heaviness", heaviness)) if rows]
    if not shown:
        return None
    figure = Figure(figsize=(7, 3.2 * len(shown)), dpi=120, constrained_layout=True)
    FigureCanvasAgg(figure)
    for number, name in enumerate(shown, 1):
        axes = figure.add_subplot(len(shown), 1, number)
        axes.set_title(titles[name], color=INK, loc="left")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        if name == "themes":
            axes.barh([theme["name"] for theme in themes][::-1], [theme["count"] for theme in themes][::-1], color=BAR)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        else:
            axes.plot(range(1, len(heaviness) + 1), heaviness, color=INK, marker="o")
            axes.set_ylim(0, 10.5)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()
