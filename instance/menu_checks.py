"""Checks of the menus as a whole: every question can be heard, and every menu has a way to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instance.problems import quoted
from instance.references import group, known
from instance.yaml_marks import Document, Route
from ivr.menu import LANGUAGES
from voice.languages import Spoken

DOES = ("lane", "menu", "language")


def check_menus(document: Document, spoken: Spoken | None) -> None:
    """Check menus and keys; with `spoken` None prompts are not checked, since they cannot be read."""
    data = group(document.data)
    menus, categories = group(data.get("menus")), group(data.get("categories"))
    known(document, ("start",), data.get("start"), list(menus), "menu")
    for name, menu in menus.items():
        place: Route = ("menus", name)
        _check_prompts(document, place, group(menu), spoken)
        _check_own_keys(document, place, group(menu))
        for key, choice in group(group(menu).get("keys")).items():
            _check_choice(document, (*place, "keys", key), group(choice), list(menus), categories)
    _check_ways(document, menus, data.get("start"))


def _check_prompts(document: Document, place: Route, menu: dict[str, Any], spoken: Spoken | None) -> None:
    if spoken is None:
        return
    for field in ("prompt", "again"):
        known(document, (*place, field), menu.get(field), list(spoken.names), "prompt")
    for key, choice in group(menu.get("keys")).items():
        language = group(choice).get("language")
        if language in LANGUAGES[1:] and menu.get("prompt") not in spoken.within.get(language, ()):
            fault = f"prompt {quoted(menu.get('prompt'))} tidak ada dalam bahasa {quoted(language)}"
            expected = f'"{language}: …" di ivr/prompts.yaml, atau rekaman prompts/{menu.get("prompt")}.{language}.wav'
            document.complain((*place, "keys", key, "language"), fault, expected)


def _check_own_keys(document: Document, place: Route, menu: dict[str, Any]) -> None:
    """Check that the keys for repeat and back choose nothing else."""
    chosen = group(menu.get("keys"))
    for field in ("repeat", "back"):
        if menu.get(field) in chosen:
            fault = f"tombol {quoted(menu[field])} untuk {field} sudah menjadi pilihan di menu ini"
            document.complain((*place, field), fault, "tombol yang lain")
    if menu.get("repeat") is not None and menu.get("repeat") == menu.get("back"):
        fault = f"tombol {quoted(menu['back'])} dipakai untuk repeat dan back"
        document.complain((*place, "back"), fault, "dua tombol yang berbeda")


def _check_choice(
    document: Document, place: Route, choice: dict[str, Any], menus: list[str], categories: Mapping[str, Any]
) -> None:
    category, kind = choice.get("category"), choice.get("kind")
    if sum(bool(choice.get(field)) for field in DOES) != 1:
        expected = '"lane: …", "menu: …" atau "language: …"'
        document.complain(place, "tombol harus menuju tepat satu: jalur, menu atau bahasa", expected, key=True)
    elif choice.get("lane") and not (kind or category):
        expected = "kind: emergency, complaint atau information (atau category: …)"
        document.complain(place, 'kunci "kind" tidak ada', expected, key=True)
    elif choice.get("language") and (kind or category):
        document.complain(place, "tombol bahasa tidak membawa jenis atau kategori", "language saja", key=True)
    known(document, (*place, "menu"), choice.get("menu"), menus, "menu")
    known(document, (*place, "category"), category, list(categories), "kategori")
    its_kind = group(categories.get(str(category))).get("kind")
    if kind and its_kind and kind != its_kind:
        fault = f"kategori {quoted(category)} berjenis {quoted(its_kind)}, bukan {quoted(kind)}"
        document.complain((*place, "kind"), fault, "jenis kategori itu, atau tanpa kind")


def _check_ways(document: Document, menus: dict[str, Any], start: Any) -> None:
    """Check that each menu is reached, has a way to a lane, and goes back only where a menu comes before it."""
    leads = {name: {str(group(choice).get("menu")) for choice in _choices(menu)} for name, menu in menus.items()}
    ends = {name for name, menu in menus.items() if any(group(choice).get("lane") for choice in _choices(menu))}
    reached = _closure({str(start)}, leads)
    inner = set().union(*leads.values()) if leads else set()
    for name, menu in menus.items():
        if start in menus and name not in reached:
            fault = f"menu {quoted(name)} tidak pernah tercapai"
            document.complain(("menus", name), fault, "tombol yang menujunya", key=True)
        elif not _closure({name}, leads) & ends:
            fault = f"dari menu {quoted(name)} tidak ada tombol yang sampai ke petugas"
            document.complain(("menus", name), fault, 'satu tombol dengan "lane: urgent" atau "lane: normal"', key=True)
        if group(menu).get("back") is not None and name not in inner:
            fault = f"dari menu {quoted(name)} tidak ada menu untuk kembali"
            document.complain(("menus", name, "back"), fault, "menu ini tanpa back")


def _choices(menu: Any) -> list[Any]:
    return list(group(group(menu).get("keys")).values())


def _closure(names: set[str], leads: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    while names:
        reached |= names
        names = {target for name in names for target in leads.get(name, ())} - reached
    return reached
