"""A curve as SVG, over logarithmic axes: on these a cost that does not grow is a level line."""

from __future__ import annotations

import math
import statistics

from benchmarks.compare import Figure

WIDTH, HEIGHT, LEFT, BOTTOM = 560, 240, 70, 40
TOP, RIGHT = 30, 40
INK, LINE, PAPER = "#333", "#2563eb", "#fff"


def curve(figure: Figure) -> str:
    """The medians over sizes, which the names of the samples are."""
    sizes = [float(name.replace(",", "")) for name in figure.samples]
    medians = [statistics.median(samples) for samples in figure.samples.values()]
    lowest = 10 ** math.floor(math.log10(min(medians)))
    highest = 10 ** math.ceil(math.log10(max(medians)))
    highest = highest if highest > lowest else lowest * 10

    def x(size: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * _place(size, sizes[0], sizes[-1])

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * _place(value, lowest, highest)

    points = [(x(size), y(median)) for size, median in zip(sizes, medians, strict=True)]
    path = " ".join(f"{left:.1f},{top:.1f}" for left, top in points)
    space = 'xmlns="http://www.w3.org/2000/svg"'
    font = f'font-family="sans-serif" font-size="12" fill="{INK}"'
    parts = [
        f'<svg {space} viewBox="0 0 {WIDTH} {HEIGHT}" {font}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        f'<text x="{LEFT}" y="18">{figure.title}, {figure.unit}</text>',
    ]
    for value in _decades(lowest, highest):
        parts.append(_line(LEFT, y(value), WIDTH - RIGHT, y(value)))
        parts.append(_text(LEFT - 8, y(value) + 4, f"{value:,g}", "end"))
    for size, (left, top) in zip(figure.samples, points, strict=True):
        parts.append(_text(left, HEIGHT - 16, size, "middle"))
        parts.append(f'<circle cx="{left:.1f}" cy="{top:.1f}" r="4" fill="{LINE}"/>')
    parts.append(f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    return "\n".join([*parts, "</svg>", ""])


def _place(value: float, lowest: float, highest: float) -> float:
    return math.log(value / lowest) / math.log(highest / lowest)


def _decades(lowest: float, highest: float) -> list[float]:
    return [10.0**n for n in range(round(math.log10(lowest)), round(math.log10(highest)) + 1)]


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
