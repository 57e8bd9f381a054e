"""The file site.yaml: the service, its store, its pages, and how long data are kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from instance.fields import (
    Account,
    Address,
    AreaCode,
    Bool,
    CountryCode,
    Listed,
    Name,
    Port,
    PushContact,
    PushService,
    Replica,
    Text,
    WebAddress,
    Weekday,
    Zone,
    number,
    seconds,
    seconds_or_never,
    size,
)
from instance.strict import Strict
from instance.trunks.model import AsteriskModel
from tickets.web_push import SERVICES


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
    short_talk: Annotated[float, seconds(0, 60)] = 5.0
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
