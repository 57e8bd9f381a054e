"""The figures as a document, its aims, and both as text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.answering.figures import Cell

RATIO_LIMIT = 2.0
LATE_LIMIT_MS = 100.0
MEMORY_LIMIT_MB = 150.0
AIMED_RATES = (10, 50)
NO_FAILURE_AT = 100
OTHERS = 10.0
_NAMES = {"dialplan": "dialplan", "bare": "bare ARI", "ours": "ours"}


def ratios(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Ours against each other way, rate by rate."""
    by_place = {(cell.rate, cell.way): cell for cell in cells}
    rows = []
    for cell in cells:
        ours = by_place.get((cell.rate, "ours"))
        if cell.way == "ours" or ours is None:
            continue
        rows.append(
            {
                "rate": cell.rate,
                "against": cell.way,
                **{f"invite_to_200_{p}": _over(getattr(ours.answer, p), getattr(cell.answer, p)) for p in _PERCENTILES},
                **{f"key_to_operator_{p}": _over(getattr(ours.ring, p), getattr(cell.ring, p)) for p in _PERCENTILES},
                "cpu_total": _over(ours.total_ms, cell.total_ms),
                "cpu_asterisk": _over(ours.cpu_ms("asterisk"), cell.cpu_ms("asterisk")),
                "cpu_application": _over(ours.application_ms, cell.application_ms),
            }
        )
    return rows


_PERCENTILES = ("p50", "p95", "p99")


def _over(ours: float, theirs: float) -> float | None:
    return round(ours / theirs, 2) if theirs else None


def aims(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each aim beside its measured value; only those that this run could measure."""
    judged: list[dict[str, Any]] = []
    for row in document.get("ratios", ()):
        if row["against"] != "bare" or row["rate"] not in AIMED_RATES:
            continue
        for name, title in _AIMED.items():
            if row[name] is not None:
                text = f"{title} at {row['rate']:g}/s, times the bare application"
                judged.append(_aim(text, row[name], RATIO_LIMIT))
    for row in document.get("rates", ()):
        if row["way"] == "ours" and row["rate"] == NO_FAILURE_AT:
            judged.append(_aim(f"failed calls at {NO_FAILURE_AT}/s", row["failed"], 0))
    if waiting := document.get("waiting"):
        judged += _waiting_aims(waiting)
    return judged


_AIMED = {
    "invite_to_200_p95": "INVITE to 200, p95",
    "key_to_operator_p95": "key to operator, p95",
    "cpu_total": "CPU per call",
}


def _waiting_aims(waiting: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    missing = waiting["lost"] + sum(waiting["not_heard"].values())
    yield _aim(f"callers lost or prompts not heard, {waiting['callers']} waiting", missing, 0)
    for name, values in waiting["late_ms"].items():
        yield _aim(f"latest prompt, ms: {name.replace('_', ' ')}", values["max"], LATE_LIMIT_MS)
    yield _aim("memory of calls, MB", waiting["calls_rss_mb"]["most"], MEMORY_LIMIT_MB)


def _aim(title: str, value: float, limit: float) -> dict[str, Any]:
    return {"aim": title, "value": value, "limit": limit, "met": value <= limit}


def text(document: Mapping[str, Any]) -> str:
    """The document as text."""
    lines = [" ".join(f"{name} {value}" + "," for name, value in document["machine"].items()).rstrip(",")]
    lines.append("Idle CPU, ms per second: " + ", ".join(f"{k} {v:g}" for k, v in document["idle_ms_per_s"].items()))
    if rates := document.get("rates"):
        lines += ["", *_rates(rates), "", *_ratios(document["ratios"])]
    if waiting := document.get("waiting"):
        lines += ["", *_waiting(waiting)]
    if others := [row["others_cpu_percent"] for row in document.get("rates", ()) if row["others_cpu_percent"] > OTHERS]:
        lines += ["", f"Others used up to {max(others):g} % of the machine meanwhile: measure again when it is quiet."]
    lines += ["", "Aims"]
    for aim in document["aims"]:
        lines.append(
            f"  {'met   ' if aim['met'] else 'MISSED'} {aim['aim']}: {aim['value']:g} (at most {aim['limit']:g})"
        )
    lines += ["", *(f"  {name}: {value}" for name, value in document["checks"].items())]
    return "\n".join(lines)


def _rates(rates: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    yield "                calls       INVITE to 200, ms       key to operator, ms       CPU ms per call      others"
    yield "  /s way        n  fail     p50    p95    p99       p50    p95    p99    Asterisk   app  total     CPU %"
    for row in rates:
        answer, ring, cpu = row["invite_to_200_ms"], row["key_to_operator_ms"], row["cpu_ms_per_call"]
        start = f"{row['rate']:4g} {_NAMES[row['way']]:8} {row['calls']:4d} {row['failed']:5d}"
        costs = f"{cpu['asterisk']:7.2f} {cpu['application']:5.2f} {cpu['total']:6.2f}"
        others = f"{row['others_cpu_percent']:4.0f}"
        yield f"{start}  {_three(answer)}    {_three(ring)}     {costs}      {others}{_why(row['failures'])}"


def _three(values: Mapping[str, float]) -> str:
    return " ".join(f"{values[p]:6.2f}" if values[p] < 1000 else f"{values[p]:6.0f}" for p in _PERCENTILES)


def _why(failures: Mapping[str, int]) -> str:
    return "".join(f"  {count} x {reason}" for reason, count in failures.items())


def _ratios(rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    yield "Ours, times:        INVITE to 200          key to operator              CPU per call"
    yield "  /s             p50   p95   p99        p50   p95   p99      Asterisk   app  total"
    for row in rows:
        parts = [[row[f"{span}_{p}"] for p in _PERCENTILES] for span in ("invite_to_200", "key_to_operator")]
        parts.append([row[f"cpu_{part}"] for part in ("asterisk", "application", "total")])
        shown = "      ".join(
            " ".join("    -" if value is None else f"{value:5.2f}" for value in part) for part in parts
        )
        yield f"{row['rate']:4g} {_NAMES[row['against']]:8}  {shown}"


def _waiting(waiting: Mapping[str, Any]) -> Iterable[str]:
    yield (
        f"{waiting['callers']} callers, {waiting['in_line_at_once']} in the line at once, {waiting['lost']} lost; "
        f"line empty after all hung up: {'yes' if waiting['line_empty_after_hang_up'] else 'NO'}"
    )
    for name, values in {**waiting["late_ms"], "longest silence": waiting["longest_silence_ms"]}.items():
        shown = "  ".join(f"{p} {values[p]:.1f}" for p in (*_PERCENTILES, "max"))
        yield f"  {name.replace('_', ' '):26} {shown}   ms, {values['n']} callers"
    for name, missing in waiting["not_heard"].items():
        yield f"  NOT HEARD: {name} by {missing} callers"
    if lost := waiting["packets_the_callers_lost"]:
        yield f"  The callers had no time to read {lost} packets: what they did not hear may be their own fault."
    rss, cpu = waiting["calls_rss_mb"], waiting["cpu_percent_of_one_core"]
    yield f"  memory of calls: {rss['before']} MB before, {rss['with_all_waiting']} with all, {rss['most']} at most"
    used, others = ", ".join(f"{name} {value}" for name, value in cpu.items()), waiting["others_cpu_percent"]
    yield f"  CPU, % of one core: {used}; others {others} % of the machine"
