"""The file routing.yaml: menus, categories and rules, and the tables that stand in modules of their own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from instance.fields import Code, ContactName, Key, Listed, Name, PromptName, Text, number, seconds, words
from instance.schema.agencies import ContactModel, MessagesModel, OpdModel, StepModel, UnsentModel
from instance.schema.screening import ScreeningModel
from instance.strict import Strict
from ivr.menu import KINDS, LANGUAGES
from tickets.routing import KNOWN_S, NUDGE_S, UNREAD_S


class ChoiceModel(Strict):
    """Apa yang dilakukan satu tombol: menuju jalur, menu lain, atau bahasa lain; kategori dan jenis untuk tiketnya."""

    label: Name
    lane: Annotated[str, words("urgent", "normal")] | None = None
    menu: Code | None = None
    language: Annotated[str, words(*LANGUAGES)] | None = None
    kind: Annotated[str, words(*KINDS)] | None = None
    category: Code | None = None


class MenuModel(Strict):
    """Satu ucapan dan tombol-tombolnya."""

    prompt: PromptName
    again: PromptName | None = None
    tries: Annotated[int, number(2, 5, "jumlah ulangan")] = 2
    patience: Annotated[float, seconds(4, 30)] = 4.0
    repeat: Key | None = None
    back: Key | None = None
    keys: dict[Key, ChoiceModel] = Field(min_length=1)


class CategoryModel(Strict):
    """Jenis kejadian, OPD yang menanganinya, dan apa yang perlu ditanyakan operator."""

    name: Name
    kind: Annotated[str, words(*KINDS)]
    priority: Annotated[int, number(1, 5, "prioritas")] = 3
    opds: Annotated[list[Code], Listed, Field(min_length=1)]
    hint: Text | None = None


class WhenModel(Strict):
    """Syarat sebuah aturan; semua yang ditulis harus cocok."""

    category: Annotated[list[Code], Listed] = []
    kind: Annotated[list[Annotated[str, words(*KINDS)]], Listed] = []
    kecamatan: Annotated[list[Name], Listed] = []


class RuleModel(Strict):
    """Bila `when` cocok: `opds` menggantikan usulan, `add` menambahnya."""

    when: WhenModel
    opds: Annotated[list[Code], Listed] = []
    add: Annotated[list[Code], Listed] = []
    why: Text


class RoutingFile(Strict):
    """routing.yaml: menu suara, kategori, OPD, tangga dorongan, aturan dan tujuan cadangan."""

    start: Code
    menus: dict[Code, MenuModel] = Field(min_length=1)
    screening: ScreeningModel = ScreeningModel()
    messages: MessagesModel = MessagesModel()
    unsent: UnsentModel = UnsentModel()
    known_for: Annotated[float, seconds(60, 3600)] = KNOWN_S
    nudge_every: Annotated[float, seconds(60, 3600)] = NUDGE_S
    unread_for: Annotated[float, seconds(60, 3600)] = UNREAD_S
    categories: dict[Code, CategoryModel] = Field(min_length=1)
    fallback: Annotated[list[Code], Listed, Field(min_length=1)]
    duty: ContactName
    rules: list[RuleModel] = []
    ladders: dict[Code, Annotated[list[StepModel], Field(min_length=1)]] = Field(min_length=1)
    contacts: dict[Code, ContactModel] = {}
    opds: dict[Code, OpdModel] = Field(min_length=1)
