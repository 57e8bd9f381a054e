"""axe-core on our pages: the findings of a page as lines that a person reads.

axe-core (MPL-2.0) comes from node_modules, as eslint does; no page of ours loads it. The debugger brings it into the
page, to which the page's own policy does not apply.
"""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

SOURCE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
_RUN = "options => axe.run(document, options)"
_HERE = "() => Boolean(globalThis.axe)"


@cache
def source() -> str:
    """The script; an error says how to get it."""
    assert SOURCE.is_file(), f"{SOURCE} is missing: bash scripts/setup --dev"
    return SOURCE.read_text(encoding="utf-8")


async def findings(page: Page, *rules: str) -> list[str]:
    """The findings of axe on the page as it is now, by all its rules, or by these alone."""
    if not await page.evaluate(_HERE):
        await page.evaluate(source())
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    # style sheets are loaded anew for rules that are not asked for, and for sound that plays by itself (see PLAYS)
    options = {"resultTypes": ["violations"], "preload": False, "rules": {"target-size": {"enabled": True}}} | only
    result: dict[str, Any] = await page.evaluate(_RUN, options)
    return [_line(rule, node) for rule in result["violations"] for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    why = " ".join((node.get("failureSummary") or "").split())
    return f"{rule['id']}: {' '.join(map(str, node['target']))}: {why[:260]} | {node['html'][:160]}"
