"""What must fit together within and across the files, checked on the bare data so that other errors do not hide it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tanggap.config.problems import one_of, quoted
from tanggap.config.yaml_marks import Document, Route


def group(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value as a list: itself, nothing, or it alone."""
    return value if isinstance(value, list) else [] if value is None else [value]


def check_routing(document: Document, prompts: Iterable[str] | None, kecamatan: Iterable[str]) -> None:
    """Every name in routing.yaml is defined, every menu and OPD can be reached, the fallback has no condition."""
    data = group(document.data)
    opds, categories = list(group(data.get("opds"))), list(group(data.get("categories")))
    for route, name in _opd_uses(data):
        _known(document, route, name, opds, "OPD")
    for condition, noun, names in (("category", "kategori", categories), ("kecamatan", "kecamatan", list(kecamatan))):
        for route, value in _rule_values(data, condition):
            _known(document, route, value, names, noun)
    for code, opd in group(data.get("opds")).items():
        for key in ("ladder", "complaint_ladder"):
            _known(document, ("opds", code, key), group(opd).get(key), list(group(data.get("ladders"))), "tangga")
    _known(document, ("duty",), data.get("duty"), contact_names(data), "kontak")
    _check_fallback(document, data)
    _check_used(document, data)
    _check_rules(document, data)
    _check_menus(document, data, list(prompts) if prompts is not None else None)
    _check_roles(document, data)


def contact_names(data: dict[str, Any]) -> list[str]:
    """All contacts: the global ones by name, those of an OPD as opd.role."""
    own = [
        f"{code}.{role}" for code, opd in group(data.get("opds")).items() for role in group(group(opd).get("contacts"))
    ]
    return [*group(data.get("contacts")), *own]


def _known(document: Document, route: Route, name: object, names: list[str], noun: str) -> None:
    if isinstance(name, str) and name not in names:
        document.complain(route, f"{noun} {quoted(name)} tidak ada", one_of(name, names))


def _opd_uses(data: dict[str, Any]) -> Iterator[tuple[Route, str]]:
    lists: list[tuple[Route, Any]] = [(("fallback",), data.get("fallback"))]
    lists += [
        (("categories", code, "opds"), group(item).get("opds")) for code, item in group(data.get("categories")).items()
    ]
    for at, rule in enumerate(items(data.get("rules"))):
        lists += [(("rules", at, key), group(rule).get(key)) for key in ("opds", "add")]
    for route, value in lists:
        for at, name in enumerate(items(value)):
            if isinstance(name, str):
                yield (*route, at), name


def _rule_values(data: dict[str, Any], condition: str) -> Iterator[tuple[Route, object]]:
    for at, rule in enumerate(items(data.get("rules"))):
        for index, name in enumerate(items(group(group(rule).get("when")).get(condition))):
            yield ("rules", at, "when", condition, index), name


def _check_fallback(document: Document, data: dict[str, Any]) -> None:
    if isinstance(data.get("fallback"), dict):
        document.complain(("fallback",), "tujuan cadangan (fallback) tidak boleh bersyarat", "daftar kode OPD saja")


def _check_used(document: Document, data: dict[str, Any]) -> None:
    used = {name for _, name in _opd_uses(data)}
    for code, opd in group(data.get("opds")).items():
        by_hand = str(group(opd).get("manual", "")).lower() in ("true", "ya", "yes", "on")
        if code not in used and not by_hand:
            what = f"OPD {quoted(code)} tidak terjangkau: tidak ada kategori, aturan atau fallback yang menujunya"
            document.complain(("opds", code), what, "sebuah kategori yang menujunya, atau manual: true", key=True)


def _check_rules(document: Document, data: dict[str, Any]) -> None:
    for at, rule in enumerate(items(data.get("rules"))):
        if isinstance(rule, dict) and not (items(rule.get("opds")) or items(rule.get("add"))):
            document.complain(("rules", at), "aturan ini tidak mengubah apa pun", '"opds: …" atau "add: …"')
        if isinstance(rule, dict) and "when" in rule and not group(rule.get("when")):
            document.complain(("rules", at, "when"), "aturan tanpa syarat", "category, kind atau kecamatan", key=True)


def _check_menus(document: Document, data: dict[str, Any], prompts: list[str] | None) -> None:
    menus = group(data.get("menus"))
    start = data.get("start")
    _known(document, ("start",), start, list(menus), "menu")
    leads: dict[str, set[str]] = {}
    ends: set[str] = set()
    for name, menu in menus.items():
        prompt = group(menu).get("prompt")
        if prompts is not None:
            _known(document, ("menus", name, "prompt"), prompt, prompts, "prompt")
        for key, choice in group(group(menu).get("keys")).items():
            _check_choice(document, ("menus", name, "keys", key), group(choice), list(menus))
            leads.setdefault(name, set()).add(str(group(choice).get("menu")))
            if group(choice).get("lane"):
                ends.add(name)
    _check_ways(document, menus, leads, ends, start)


def _check_choice(document: Document, route: Route, choice: dict[str, Any], menus: list[str]) -> None:
    if bool(choice.get("lane")) == bool(choice.get("menu")):
        document.complain(
            route, "tombol harus menuju tepat satu: jalur atau menu", '"lane: …" atau "menu: …"', key=True
        )
    elif choice.get("lane") and not choice.get("kind"):
        document.complain(route, 'kunci "kind" tidak ada', "kind: emergency, complaint atau information", key=True)
    _known(document, (*route, "menu"), choice.get("menu"), menus, "menu")


def _check_ways(
    document: Document, menus: dict[str, Any], leads: dict[str, set[str]], ends: set[str], start: Any
) -> None:
    reached = _closure({str(start)}, leads)
    for name in menus:
        if start in menus and name not in reached:
            document.complain(
                ("menus", name), f"menu {quoted(name)} tidak pernah tercapai", "tombol yang menujunya", key=True
            )
        elif not _closure({name}, leads) & ends:
            what = f"dari menu {quoted(name)} tidak ada tombol yang sampai ke petugas"
            document.complain(("menus", name), what, 'satu tombol dengan "lane: urgent" atau "lane: normal"', key=True)


def _closure(names: set[str], leads: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    while names:
        reached |= names
        names = {found for name in names for found in leads.get(name, ())} - reached
    return reached


def _check_roles(document: Document, data: dict[str, Any]) -> None:
    """A ladder names roles that some OPD has, or contacts above them all; no role hides such a contact."""
    above = list(group(data.get("contacts")))
    roles = sorted({name.split(".")[1] for name in contact_names(data) if "." in name})
    for ladder, steps in group(data.get("ladders")).items():
        for at, step in enumerate(items(steps)):
            for name in group(group(step).get("notify")):
                if name not in above and name not in roles:
                    route = ("ladders", ladder, at, "notify", name)
                    what = f"peran atau kontak {quoted(name)} tidak ada"
                    document.complain(route, what, one_of(name, [*roles, *above]), key=True)
    for code, opd in group(data.get("opds")).items():
        for role in group(group(opd).get("contacts")):
            if role in above:
                place = ("opds", code, "contacts", role)
                document.complain(place, f"{quoted(role)} sudah nama kontak umum", "nama peran yang lain", key=True)
