"""Agencies in routing.yaml: their contacts, ladders and messages, and pushes for emergencies that were not sent."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from instance.fields import (
    WINDOWS_SCHEMA,
    Account,
    AppriseUrl,
    Bool,
    Code,
    Colour,
    ContactName,
    Date,
    LinkedTemplate,
    Listed,
    Mobile,
    Name,
    Template,
    WebAddress,
    Weekday,
    Windows,
    seconds,
    words,
)
from instance.strict import Strict
from tickets.escalation.unsent import DEFAULTS, UnsentStep
from tickets.messages import Messages
from tickets.routing import CHANNEL_NAMES

Channel = Annotated[str, words(*CHANNEL_NAMES)]
WORDS = Messages()


class DutyModel(Strict):
    """Jam dinas satu kontak; hari yang tidak disebut di weekly mengikuti daily, tanpa daily ia tidak berdinas."""

    daily: Windows | None = None
    weekly: dict[Weekday, Windows] = {}
    dates: dict[Date, Windows] = {}

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Accept windows alone: they are those of every day."""
        return value if isinstance(value, dict) else {"daily": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Tell editors of the short form too."""
        return {"anyOf": [dict(WINDOWS_SCHEMA), handler(schema)]}


class ContactModel(Strict):
    """Orang atau meja yang bisa didorong: page (sirene di halaman), webpush (ponsel yang halamannya ditutup),
    sip (meja), mobile, apprise, webhook, speaker.

    duty: jam dinasnya (tanpa ini: selalu). stand_in: yang didorong sebagai gantinya selama ia tidak berdinas.
    """

    title: Name
    page: Bool = False
    webpush: Bool = False
    sip: Account | None = None
    mobile: Mobile | None = None
    apprise: AppriseUrl | None = None
    webhook: WebAddress | None = None
    speaker: Account | None = None
    duty: DutyModel | None = None
    stand_in: Annotated[list[ContactName], Listed] = []


class RemindersModel(Strict):
    """Pengingat menurut keadaan tugas."""

    diterima: Template | None = None
    berangkat: Template | None = None
    di_lokasi: Template | None = None
    ditolak: Template | None = None


class MessagesModel(Strict):
    """Templat pesan dan suara untuk OPD; isian dalam kurung kurawal, baris yang semua isiannya kosong dihilangkan."""

    subject: Template = WORDS.subject
    body: LinkedTemplate = WORDS.body
    spoken: Template = WORDS.spoken
    read_back: Template = WORDS.read_back
    ask: Template = WORDS.ask
    ask_above: Template = WORDS.ask_above
    update: Template = WORDS.update
    reminders: RemindersModel = RemindersModel()


class OpdModel(Strict):
    """Satu OPD, kontak-kontaknya menurut peran, dan tangga dorongannya."""

    name: Name
    short: Name | None = None
    colour: Colour = "#546e7a"
    phone: Mobile | None = None
    ladder: Code
    complaint_ladder: Code | None = None
    follow_up: Annotated[float, seconds(60, 86400)] = 900.0
    manual: Bool = False
    contacts: dict[Code, ContactModel] = Field(min_length=1)


class StepModel(Strict):
    """Mulai `after` setelah laporan dikirim, peran-peran ini didorong setiap `every` sampai OPD menjawab."""

    after: Annotated[float, seconds(0, 86400)]
    notify: dict[Code, Annotated[list[Channel], Listed, Field(min_length=1)]] = Field(min_length=1)
    every: Annotated[float, seconds(10, 86400)]


class UnsentStepModel(Strict):
    """Mulai `after` sejak dorongannya dimulai, lalu setiap `every` sampai laporannya dikirim.

    notify: selain halaman, kontak dan salurannya. command_centre tanpa notify: kontak pertama di atas OPD pada tangga.
    """

    after: Annotated[float, seconds(0, 300)]
    every: Annotated[float, seconds(5, 120)]
    notify: dict[ContactName, Annotated[list[Channel], Listed, Field(min_length=1)]] | None = None


def _step(audience: str) -> UnsentStepModel:
    step: UnsentStep = next(step for step in DEFAULTS.steps if step.audience == audience)
    return UnsentStepModel.model_construct(after=step.after_s, every=step.every_s, notify=None)


class UnsentModel(Strict):
    """Keadaan darurat yang belum dikirim ke OPD: meja operatornya, semua meja, pusat kendali; tanpa akhir.

    grace: selama masih ditulis, paling lama longest_grace sejak pembicaraan selesai. words: kata tanda darurat.
    """

    grace: Annotated[float, seconds(0, 60)] = DEFAULTS.grace_s
    longest_grace: Annotated[float, seconds(0, 120)] = DEFAULTS.longest_grace_s
    desk: UnsentStepModel = _step("desk")
    room: UnsentStepModel = _step("room")
    command_centre: UnsentStepModel = _step("command_centre")
    words: Annotated[list[Name], Listed] | None = None
