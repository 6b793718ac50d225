"""Charts of a report as pictures: bars with their figures beside them, in colours that also differ in grey."""

from __future__ import annotations

from io import BytesIO
from textwrap import fill

from bot.papers import fonts
from bot.papers.report import Chart
from bot.papers.report_words import Words, written

COLOURS = ("#86A9A7", "#B7791F", "#0B6E75")  # pale, gold, strong: apart for every kind of colour vision, and in grey
INK, GREY = "#17212B", "#5B6670"
WIDTH = 6.7  # inches: the width of the text
DPI = 144


def drawn(chart: Chart, words: Words, language: str) -> tuple[bytes, int, int]:
    """A PNG, its width and its height. The legend stands above; every bar has its figure."""
    import matplotlib as mpl  # half a second, and few commands draw

    mpl.use("Agg")
    from matplotlib import font_manager
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    for font in (fonts.MAIN, fonts.BOLD):
        font_manager.fontManager.addfont(fonts.path_of(font))
    labels = [fill(fonts.drawable(written(label, "", words, language)), 35) for label in chart.labels]
    many = len(chart.series)
    thick = 0.16 if many > 1 else 0.22
    heights = [max(many * thick + 0.1, 0.17 * (label.count("\n") + 1) + 0.06) for label in labels]
    head = 0.1 + (0.3 if many > 1 else 0)
    height = sum(heights) + head + 0.1
    with mpl.rc_context({"font.family": "Noto Sans", "font.size": 8.5, "text.color": INK}):
        figure = Figure(figsize=(WIDTH, height), dpi=DPI)
        axes = figure.add_axes((0.37, 0.1 / height, 0.54, sum(heights) / height))
        top = 0.0
        for n, (label, room) in enumerate(zip(labels, heights, strict=True)):
            middle = top + room / 2
            axes.text(-0.03, middle, label, transform=axes.get_yaxis_transform(), ha="right", va="center")
            for place, (_, values) in enumerate(chart.series):
                value = values[n]
                y = middle + (place - (many - 1) / 2) * thick
                colour = COLOURS[2] if many == 1 else COLOURS[0 if place == 0 else 2 if place == many - 1 else 1]
                if value is not None:
                    axes.barh(y, value - chart.lowest, thick * 0.82, left=chart.lowest, color=colour)
                axes.text(
                    (value if value is not None else chart.lowest) + 0.015 * (chart.highest - chart.lowest), y,
                    written(value, chart.kind, words, language) or "–", va="center", ha="left", fontsize=7.5,
                )  # fmt: skip
            top += room
        axes.set_xlim(chart.lowest, chart.highest)
        axes.set_ylim(top, 0)
        axes.axvline(chart.lowest, color=GREY, linewidth=0.8)
        axes.axis("off")
        x = 0.37
        for place, (name, _) in enumerate(chart.series if many > 1 else ()):
            colour = COLOURS[0 if place == 0 else 2 if place == many - 1 else 1]
            square = Rectangle(
                (x, 1 - 0.26 / height), 0.13 / WIDTH, 0.13 / height, transform=figure.transFigure, fc=colour
            )
            figure.add_artist(square)
            said = figure.text(x + 0.025, 1 - 0.2 / height, fonts.drawable(words(name)), va="center", fontsize=9)
            x += 0.06 + said.get_window_extent().width / (WIDTH * DPI)
        out = BytesIO()
        figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue(), round(WIDTH * DPI), round(height * DPI)
