"""Shape of the YAML files as pydantic models; the JSON Schemas for editors are made from them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from instance.fields import (
    WINDOWS_SCHEMA,
    Account,
    Address,
    AppriseUrl,
    AreaCode,
    Bool,
    Code,
    Colour,
    ContactName,
    CountryCode,
    Date,
    Key,
    LinkedTemplate,
    Listed,
    Mobile,
    Name,
    Port,
    PromptName,
    PushContact,
    PushService,
    Replica,
    Template,
    Text,
    WebAddress,
    Weekday,
    Windows,
    WindowsOrUsual,
    Zone,
    decimal,
    number,
    seconds,
    seconds_or_never,
    size,
    words,
)
from instance.strict import Strict
from instance.trunks.model import AsteriskModel
from ivr.menu import KINDS, LANGUAGES
from ivr.screening_rules import ScreeningRules
from tickets.escalation.unsent import DEFAULTS, UnsentStep
from tickets.messages import Messages
from tickets.routing import CHANNEL_NAMES, KNOWN_S, NUDGE_S, UNREAD_S
from tickets.web_push import SERVICES

Channel = Annotated[str, words(*CHANNEL_NAMES)]
RULES = ScreeningRules()
WORDS = Messages()


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


class ChallengeModel(Strict):
    """Dua angka yang harus ditekan penelepon yang diragukan; tries 0: tidak ada tantangan."""

    tries: Annotated[int, number(0, 5, "jumlah ulangan")] = RULES.challenge_tries
    patience: Annotated[float, seconds(4, 30)] = RULES.challenge_patience_s


class FloodModel(Strict):
    """Banjir panggilan: sekian panggilan pendek dari satu nomor, atau dari satu trunk, dalam waktu ini."""

    calls: Annotated[int, number(2, 1000, "jumlah panggilan")] = RULES.flood_calls
    trunk_calls: Annotated[int, number(2, 10000, "jumlah panggilan")] = RULES.flood_trunk_calls
    within: Annotated[float, seconds(10, 86400)] = RULES.flood_within_s
    short: Annotated[float, seconds(1, 600)] = RULES.flood_short_s


class ReputationModel(Strict):
    """Reputasi nomor: prank bernilai 1, asli dikurangi genuine_weight; nilai menjadi separuh setiap half_life."""

    half_life: Annotated[float, seconds(86400, 365 * 86400)] = RULES.half_life_days * 86400
    threshold: Annotated[float, decimal(0.5, 100, "nilai")] = RULES.doubt_score
    genuine_weight: Annotated[float, decimal(1, 100, "nilai")] = RULES.genuine_weight


class ScreeningModel(Strict):
    """Aturan penyaringan: siapa yang diragukan, dan apa yang dialami penelepon yang diragukan atau diam."""

    enabled: Bool = RULES.enabled
    challenge: ChallengeModel = ChallengeModel()
    speak_patience: Annotated[float, seconds(1, 10)] = RULES.speak_patience_s
    silent_hold: Annotated[float, seconds(5, 600)] | None = None
    sample: Annotated[int, number(0, 1000, "cuplikan")] = RULES.sample
    reserve: Annotated[int, number(0, 50, "jumlah operator")] = RULES.reserve
    unverified_max: Annotated[float, seconds(5, 600)] = RULES.unverified_max_s
    flood: FloodModel = FloodModel()
    reputation: ReputationModel = ReputationModel()


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


class CategoryModel(Strict):
    """Jenis kejadian, OPD yang menanganinya, dan apa yang perlu ditanyakan operator."""

    name: Name
    kind: Annotated[str, words(*KINDS)]
    priority: Annotated[int, number(1, 5, "prioritas")] = 3
    opds: Annotated[list[Code], Listed, Field(min_length=1)]
    hint: Text | None = None


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


class SpecialModel(Strict):
    """Jam buka pada satu tanggal."""

    hours: WindowsOrUsual
    reason: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Accept windows alone: a special day without a reason."""
        return value if isinstance(value, dict) else {"hours": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Tell editors of the short form too."""
        return {"anyOf": [dict(WINDOWS_SCHEMA), handler(schema)]}


class HolidaysModel(Strict):
    """Jam buka pada hari libur nasional."""

    default: WindowsOrUsual = None
    cuti_bersama: Bool = False
    names: dict[Name, WindowsOrUsual] = {}
    add: dict[Date, Name] = {}
    remove: Annotated[list[Date], Listed] = []


class AfterHoursModel(Strict):
    """Apa yang didapat penelepon di luar jam buka."""

    leave_message: Bool = True
    page_duty: Bool = False
    max_message: Annotated[float, seconds(10, 600)] = 120.0


class HoursFile(Strict):
    """hours.yaml: kapan 112 dijaga operator."""

    daily: Windows | None = None
    weekly: dict[Weekday, Windows] = {}
    dates: dict[Date, SpecialModel] = {}
    holidays: HolidaysModel = HolidaysModel()
    after_hours: AfterHoursModel = AfterHoursModel()


class ConsoleModel(Strict):
    """Alamat halaman web."""

    bind: Address = "127.0.0.1"
    port: Port = 8112
    public_url: WebAddress | None = None
    proxies: Annotated[list[Address], Listed] = []


class TlsModel(Strict):
    """HTTPS untuk halaman dan WSS untuk telepon di browser: sertifikat sendiri, atau yang dibuat program."""

    generated: Bool = False
    certificate: Text | None = None
    key: Text | None = None
    wss_port: Port = 8089


class CallsModel(Strict):
    """Lama waktu di sekitar panggilan, dan apakah suara dibedakan dari bising."""

    ring: Annotated[float, seconds(3, 120)] = 15.0
    wrap_up: Annotated[float, seconds(0, 3600)] = 120.0
    similar: Annotated[float, seconds(60, 86400)] = 3600.0
    silent_hold: Annotated[float, seconds(5, 600)] | None = None
    ear: Bool = True
    hide_numbers: Bool = False


Kept = Annotated[float, seconds(86400, 3650 * 86400)]


class RetentionModel(Strict):
    """Berapa lama data pribadi disimpan."""

    numbers: Kept = 365.0 * 86400
    recordings: Kept = 180.0 * 86400
    messages: Kept = 365.0 * 86400
    photos: Kept = 365.0 * 86400
    reports: Kept = 5 * 365.0 * 86400


class BackupModel(Strict):
    """Cadangan basis data dan konfigurasi yang dibuat sendiri."""

    folder: Text = "var/backup"
    every: Annotated[float, seconds_or_never(600, 30 * 86400)] = 86400.0
    keep: Annotated[int, number(1, 1000, "jumlah cadangan")] = 14


class ReplicaModel(Strict):
    """Salinan terus-menerus oleh litestream, bila programnya terpasang."""

    to: Replica
    litestream: Text = "litestream"


class StoreModel(Strict):
    """Bagaimana basis data dijaga: tumpahan, batas cakram, cadangan, salinan."""

    spill: Text | None = None
    min_free: Annotated[int, size(10 * 10**6, 10**13)] = 500 * 10**6
    backup: BackupModel = BackupModel()
    replica: ReplicaModel | None = None


class WadulModel(Strict):
    """Wadul Bupati: tenggat dalam hari kerja, dan aplikasi pemerintah sendiri bila ada."""

    pass_on: Annotated[int, number(1, 60, "hari kerja")] = 3
    answer: Annotated[int, number(1, 60, "hari kerja")] = 5
    done: Annotated[int, number(1, 250, "hari kerja")] = 10
    cuti_bersama: Bool = True
    url: WebAddress | None = None
    give_up: Annotated[float, seconds(3600, 60 * 86400)] = 7 * 86400.0


class PageTestModel(Strict):
    """Uji dorongan mingguan ke semua kontak: hari dan jam."""

    day: Weekday
    hour: Annotated[int, number(0, 23, "jam")]


class WebPushModel(Strict):
    """Web push: kontak bagi layanan push (surel atau alamat https), dan layanan yang dipercaya."""

    contact: PushContact | None = None
    services: Annotated[list[PushService], Listed, Field(min_length=1)] = list(SERVICES)


class SiteFile(Strict):
    """site.yaml: apa dan di mana layanan ini."""

    name: Name
    region: Name
    time_zone: Zone
    places: Text
    country_code: CountryCode = "62"
    area_code: AreaCode = "0291"
    mobile_trunk: Account | None = None
    asterisk: AsteriskModel
    console: ConsoleModel = ConsoleModel()
    tls: TlsModel | None = None
    calls: CallsModel = CallsModel()
    retention: RetentionModel = RetentionModel()
    store: StoreModel = StoreModel()
    wadul: WadulModel = WadulModel()
    page_test: PageTestModel | None = None
    web_push: WebPushModel = WebPushModel()


class PlacesFile(Strict):
    """Daftar kecamatan dengan desa dan kelurahannya."""

    region: Name | None = None
    source: Text | None = None
    points: Text | None = None
    kecamatan: dict[Name, Annotated[list[Name], Listed]] = Field(min_length=1)


FILES: dict[str, type[Strict]] = {"routing": RoutingFile, "hours": HoursFile, "site": SiteFile, "places": PlacesFile}


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each file, by the name of its file in docs/schema."""
    return {f"{name}.schema.json": model.model_json_schema() for name, model in FILES.items()}
