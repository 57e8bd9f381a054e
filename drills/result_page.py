"""A drill's one page for browsers and paper: bars, two plots drawn as SVG, behaviours; one file without any other."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from statistics import fmean

from drills.figures import Figures, figures, percent
from drills.plots import delays, reached_by_time
from drills.report import cells, closing, difference, scaling, setting
from drills.result import CallStory, Result

MARKS = {True: ("tercapai", "ok"), False: ("tidak tercapai", "bad"), None: ("tidak diukur", "none")}
STYLE = """
:root { color-scheme: light dark; --line: #8884; --ok: #2e7d32; --bad: #c62828; --dim: #777; --soft: #8881; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
p { margin: .3rem 0; } .dim { color: var(--dim); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.ok { color: var(--ok); } .bad { color: var(--bad); } .none, tr.prank td { color: var(--dim); }
.verdict { font-weight: 600; padding: .5rem .8rem; background: var(--soft); border-left: 4px solid currentColor; }
svg { width: 100%; height: auto; display: block; } svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
@media print { body { margin: 0; font-size: 11px; } }
"""


def page(results: Sequence[Result]) -> str:
    """The whole page; the first result is the one that is judged, a second one stands beside it."""
    main, measured = results[0], [figures(result) for result in results]
    colour = "ok" if measured[0].met else "bad"
    parts = [
        f"<h1>{escape(main.title)}</h1>",
        f"<p class=dim>{escape(main.about)}</p>",
        f"<p>Skenario {escape(main.scenario)}, benih {main.seed}, {escape(setting(main))}.</p>",
        f"<p class=dim>{escape(scaling(main))}</p>",
        f"<p class='verdict {colour}'>{escape(_plain(closing(measured[0])))}</p>",
        _bars(measured, results),
        f"<p>{escape(difference(*measured))}</p>" if len(measured) > 1 else "",
        "<h2>Dari dijawab sampai telepon petugas berdering</h2>",
        delays(main),
        "<h2>Laporan yang sudah mendengar suara petugas</h2>",
        reached_by_time(results),
        "<h2>Menurut perilaku</h2>",
        _groups(measured[0]),
        _doubted(main),
    ]
    head = f"<meta charset=utf-8><title>{escape(main.title)}</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang=id><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def _plain(text: str) -> str:
    """The text without the terminal's colour marks."""
    for mark in ("[green]", "[/green]", "[red]", "[/red]"):
        text = text.replace(mark, "")
    return text


def _bars(measured: Sequence[Figures], results: Sequence[Result]) -> str:
    heads = "".join(f"<th>{'disaring' if result.screening else 'tanpa saringan'}</th>" for result in results)
    rows = []
    for number, bar in enumerate(measured[0].bars):
        word, colour = MARKS[bar.met]
        values = "".join(f"<td>{escape(each.bars[number].found)}</td>" for each in measured)
        rows.append(
            f"<tr><td>{escape(bar.what)}</td><td>{escape(bar.wanted)}</td>{values}<td class={colour}>{word}</td></tr>"
        )
    return f"<table><tr><th>Ukuran</th><th>Patokan</th>{heads}<th></th></tr>{''.join(rows)}</table>"


def _groups(measured: Figures) -> str:
    heads = ("Perilaku", "Panggilan", "Berdering", "Sampai", "Berdering median", "p95", "Akhir")
    rows = []
    for group in measured.groups:
        row = "".join(f"<td>{escape(cell)}</td>" for cell in cells(group))
        rows.append(f"<tr{'' if group.genuine else ' class=prank'}>{row}</tr>")
    return f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{''.join(rows)}</table>"


def _doubted(result: Result) -> str:
    asked = [call for call in result.calls if call.challenged_s is not None]
    if not asked:
        return ""
    genuine = [call for call in asked if call.genuine]
    return (
        f"<p>Diminta menekan dua angka: {len(asked)} panggilan, {len(genuine)} di antaranya laporan; "
        f"semuanya sampai: {percent(_reached(genuine))}.</p>"
    )


def _reached(calls: Sequence[CallStory]) -> float | None:
    return fmean(call.reached for call in calls) if calls else None
