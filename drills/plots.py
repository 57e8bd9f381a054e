"""The plots of a drill's page, as SVG text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from drills.result import CallStory, Result

WIDTH, HEIGHT = 900, 280
LEFT, RIGHT, TOP, BOTTOM = 48, 14, 12, 34
COLOURS = {"key_at_once": "#1565c0", "speaks_only": "#ef6c00", None: "#2e7d32"}
NAMES = {"key_at_once": "tombol langsung", "speaks_only": "hanya bicara", None: "laporan lain"}
PRANK, LINE = "#9e9e9e", "#8886"
TICKS = 5


class Frame:
    """Axes from 0 to `x_most` and `y_most`; values outside are drawn at the edge."""

    def __init__(self, x_most: float, y_most: float, x_title: str, y_title: str) -> None:
        self._x, self._y = x_most or 1.0, y_most or 1.0
        self.parts: list[str] = []
        for step in range(TICKS + 1):
            x, y = self._x * step / TICKS, self._y * step / TICKS
            self.line(0, y, self._x, y, LINE)
            self.text(self.x(x), HEIGHT - BOTTOM + 15, _told(x), "middle")
            self.text(LEFT - 6, self.y(y) + 4, _told(y), "end")
        self.text(WIDTH - RIGHT, HEIGHT - 4, x_title, "end")
        self.text(LEFT, TOP - 1, y_title, "start")

    def x(self, value: float) -> float:
        """Horizontal place of a value in the picture."""
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(value / self._x, 0), 1)

    def y(self, value: float) -> float:
        """Vertical place of a value in the picture."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max(value / self._y, 0), 1)

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = "") -> None:
        """A straight line."""
        dashed = f" stroke-dasharray='{dashes}'" if dashes else ""
        ends = f"x1='{self.x(x1):.1f}' y1='{self.y(y1):.1f}' x2='{self.x(x2):.1f}' y2='{self.y(y2):.1f}'"
        self.parts.append(f"<line {ends} stroke='{colour}'{dashed}/>")

    def dot(self, x: float, y: float, colour: str, title: str) -> None:
        """A point with a title, which shows when it is pointed at."""
        place = f"cx='{self.x(x):.1f}' cy='{self.y(y):.1f}' r='3.4'"
        self.parts.append(f"<circle {place} fill='{colour}' fill-opacity='.75'><title>{escape(title)}</title></circle>")

    def steps(self, points: Sequence[tuple[float, float]], colour: str, dashes: str = "") -> None:
        """A staircase through points that rise."""
        path, last = f"M{self.x(0):.1f} {self.y(0):.1f}", 0.0
        for x, y in points:
            path += f"H{self.x(x):.1f}V{self.y(y):.1f}"
            last = y
        path += f"H{self.x(self._x):.1f}V{self.y(last):.1f}"
        dashed = f" stroke-dasharray='{dashes}'" if dashes else ""
        self.parts.append(f"<path d='{path}' fill='none' stroke='{colour}' stroke-width='2'{dashed}/>")

    def text(self, x: float, y: float, text: str, anchor: str) -> None:
        """A word at a place of the picture."""
        self.parts.append(f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}'>{escape(text)}</text>")

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """The names of the colours, above the picture."""
        at = LEFT + 130.0
        for colour, name in entries:
            self.parts.append(f"<rect x='{at}' y='{TOP - 10}' width='10' height='10' fill='{colour}'/>")
            self.text(at + 14, TOP - 1, name, "start")
            at += 24 + 7.0 * len(name)

    def svg(self, title: str) -> str:
        """The picture."""
        head = f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{escape(title)}'>"
        return f"{head}{''.join(self.parts)}</svg>"


def delays(result: Result) -> str:
    """Each call that rang an operator, by its arrival and by the seconds from our answer to the ring."""
    rang = [call for call in result.calls if call.ring_in_life_s is not None]
    longest = max((call.ring_in_life_s or 0.0 for call in rang), default=0.0)
    last = max((call.at_s for call in result.calls), default=1.0)
    frame = Frame(_round_up(last / 60), _round_up(min(max(longest, 15.0), 60.0)), "menit latihan", "detik")
    for limit, colour in ((5.0, COLOURS["key_at_once"]), (12.0, COLOURS["speaks_only"])):
        frame.line(0, limit, 1e9, limit, colour, "5 4")
    for call in rang:
        colour = COLOURS.get(call.trait, COLOURS[None]) if call.genuine else PRANK
        frame.dot(call.at_s / 60, call.ring_in_life_s or 0.0, colour, _tell(call))
    frame.legend([*((colour, NAMES[trait]) for trait, colour in COLOURS.items()), (PRANK, "bukan laporan")])
    return frame.svg("Waktu sampai telepon petugas berdering, untuk setiap panggilan")


def reached_by_time(results: Sequence[Result]) -> str:
    """Per cent of the genuine callers who had heard an operator, over the seconds since dialling."""
    frame = Frame(40, 100, "detik sejak menelepon", "persen")
    for limit, wanted in ((15, 90), (20, 95)):
        frame.line(limit, 0, limit, 100, LINE, "3 3")
        frame.dot(limit, wanted, "#c62828", f"NENA: {wanted} % dalam {limit} detik")
    legend = []
    for number, result in enumerate(results):
        genuine = [call for call in result.calls if call.genuine]
        voices = sorted(call.voice_in_life_s for call in genuine if call.voice_in_life_s is not None)
        colour = "#1565c0" if number == 0 else PRANK
        points = [(second, 100 * (at + 1) / len(genuine)) for at, second in enumerate(voices)]
        frame.steps(points, colour, "" if number == 0 else "6 4")
        legend.append((colour, "disaring" if result.screening else "tanpa saringan"))
    frame.legend([*legend, ("#c62828", "patokan NENA")])
    return frame.svg("Bagian laporan yang sudah mendengar suara petugas")


def _tell(call: CallStory) -> str:
    return f"panggilan {call.index}, {call.group.replace('_', ' ')}: {_told(call.ring_in_life_s or 0)} detik"


def _told(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".").replace(".", ",") or "0"


def _round_up(value: float) -> float:
    """The next number that divides well into the ticks."""
    for step in (1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300, 500, 1000):
        if value <= step:
            return float(step)
    return value
