"""The shipped configuration loads whole; a wrong one is refused with every error at its place."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from instance import ConfigErrors, load
from instance.examination import check, report
from instance.schema.files import schemas
from tests.fixtures import FILES, Edit
from tickets.escalation.ladder import report as report_of
from tickets.routing import CHANNEL_NAMES, is_placeholder

REPOSITORY = Path(__file__).resolve().parents[2]


def problems(home: Path) -> list[str]:
    return [str(problem) for problem in check(home) if not problem.warning]


# -- what ships


def test_the_shipped_configuration_is_right() -> None:
    """No error; the one warning says that the mobiles are examples."""
    lines, status = report(REPOSITORY)
    assert status == 0
    assert lines == [
        "routing.yaml: peringatan: ponsel 37 kontak (bupati, damkar.piket, damkar.kepala, psc119.piket, …) "
        "masih bernomor contoh (+62000…) dan tidak akan dihubungi",
        "konfigurasi benar",
    ]


def test_the_shipped_set_up_is_complete() -> None:
    """16 kecamatan with 195 desa, every OPD reachable at every step, no number that could be a person's."""
    instance = load(REPOSITORY, secrets=False)
    assert len(instance.places.kecamatan) == 16
    assert sum(len(desa) for desa in instance.places.kecamatan.values()) == 195
    assert len(instance.routing.categories) >= 18
    for opd in instance.routing.opds.values():
        for step in (*opd.ladder.steps, *opd.complaint_ladder.steps):
            assert step.notify
            assert step.every_s > 0
            assert {target.channel for target in step.notify} <= set(CHANNEL_NAMES)
    assert all(is_placeholder(c.mobile) for c in instance.routing.contacts.values() if c.mobile)


def test_a_ladder_is_resolved_to_each_opds_own_contacts() -> None:
    """«siaga: [page, webpush, call, apprise]» becomes the desk of that OPD, by the channels that it has."""
    damkar = load(REPOSITORY, secrets=False).routing.opds["damkar"]
    first = damkar.ladder.steps[0]
    assert [(target.contact, target.channel) for target in first.notify] == [
        ("damkar.siaga", "page"),
        ("damkar.siaga", "call"),
    ]
    assert (first.after_s, first.every_s) == (0.0, 30.0)


def test_a_real_mobile_is_pushed_once_a_trunk_dials_out(edited: Edit) -> None:
    """A placeholder is never a target; a real number is one as soon as mobile_trunk is there."""
    home = edited("routing.yaml", ("+620001120101", "+6281234567890"))
    assert not _pushes(home, "damkar.piket")
    assert "mobile_trunk di site.yaml kosong" in "\n".join(map(str, check(home)))
    site = home / "site.yaml"
    trunk = "    local: {match: [127.0.0.1]}\n    telkom: {match: [192.0.2.10], contact: sip:192.0.2.10}\n    l2:"
    site.write_text(site.read_text().replace("    local:", trunk, 1).replace("# mobile_trunk", "mobile_trunk", 1))
    site.write_text(site.read_text().replace("match: [127.0.0.1]\n", "match: [127.0.0.2]\n", 1))
    assert problems(home) == []
    assert _pushes(home, "damkar.piket") == ["call"]


PUSHED = ("page: true, sip: damkar1}", "page: true, webpush: ya, sip: damkar1}")


def test_web_push_is_off_as_shipped_and_one_word_switches_it_on(edited: Edit) -> None:
    """Ladders name it, and pass over whoever has it not; `check` says what would keep it from working."""
    home = edited()
    assert load(home, secrets=False).routing.opds["damkar"].ladder.steps[0].notify[0].channel == "page"
    assert "webpush" not in _pushes(home, "damkar.siaga") + "\n".join(map(str, check(home))).split()
    home = edited("routing.yaml", PUSHED)
    assert _pushes(home, "damkar.siaga")[:3] == ["page", "webpush", "call"]
    sentences = [str(problem) for problem in check(home) if "webpush" in str(problem)]
    assert len(sentences) == 2 and "tidak diberi kontak" in sentences[0] and "lewat HTTPS" in sentences[1]
    assert problems(home) == []  # warnings


@pytest.mark.parametrize(
    ("written", "subject", "warned"),
    [
        ("web_push: {contact: 112@contoh.go.id}", "mailto:112@contoh.go.id", ["lewat HTTPS"]),
        ("web_push: {contact: mailto:112@contoh.go.id}", "mailto:112@contoh.go.id", ["lewat HTTPS"]),
        ("web_push: {services: http://127.0.0.1:9}\ntls: {generated: ya}", "", ["kontak", "sertifikat buatan program"]),
        (
            "tls: {certificate: a.pem, key: b.pem}\nweb_push: {contact: https://contoh.go.id}",
            "https://contoh.go.id",
            [],
        ),
    ],
)
def test_what_web_push_needs_of_the_site(edited: Edit, written: str, subject: str, warned: list[str]) -> None:
    """It needs a contact for the push services, and pages that browsers trust."""
    home = edited("routing.yaml", PUSHED)
    site = home / "site.yaml"
    site.write_text(f"{site.read_text()}\n{written}\n")
    assert load(home, secrets=False).site.web_push.subject == subject
    sentences = [str(problem) for problem in check(home) if "webpush" in str(problem)]
    assert [part in line for part, line in zip(warned, sentences, strict=True)] == [True] * len(warned)


def test_the_public_address_is_a_contact(edited: Edit) -> None:
    """Pages behind a proxy need no other contact."""
    home = edited("site.yaml", ("# public_url: https://112.contoh.go.id", "public_url: https://112.contoh.go.id"))
    assert load(home, secrets=False).site.web_push.subject == "https://112.contoh.go.id"


@pytest.mark.parametrize(
    "written",
    [
        "{contact: bukan kontak}",
        "{contact: http://contoh.go.id}",
        "{services: [http://contoh.go.id]}",
        "{services: '*'}",
    ],
)
def test_a_wrong_web_push_is_refused(edited: Edit, written: str) -> None:
    """No pushes over plain HTTP but to this machine itself, and not to just any host."""
    home = edited()
    (home / "site.yaml").write_text(f"{(home / 'site.yaml').read_text()}\nweb_push: {written}\n")
    assert len(problems(home)) == 1


def test_nobody_is_reachable_by_web_push_alone(edited: Edit) -> None:
    """A step or an agency with no other channel is refused."""
    home = edited("routing.yaml", ("page: true, sip: damkar1}", "webpush: ya}"))
    text = "\n".join(problems(home))
    assert 'OPD "damkar" tidak terjangkau pada anak tangga ke-1 dari tangga "darurat"' in text


def _pushes(home: Path, contact: str) -> list[str]:
    steps = load(home, secrets=False).routing.opds["damkar"].ladder.steps
    return [target.channel for step in steps for target in step.notify if target.contact == contact]


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_committed_json_schema_is_current(name: str) -> None:
    """docs/schema is made by `python -m instance.schema_files`."""
    committed = json.loads((REPOSITORY / "docs" / "schema" / name).read_text())
    committed.pop("$schema")
    assert committed == schemas()[name]


@pytest.mark.parametrize("file", FILES)
def test_each_shipped_file_names_its_schema(file: str) -> None:
    """Editors find the schema by the first line."""
    first = (REPOSITORY / file).read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema=docs/schema/{file.removesuffix('.yaml')}.schema.json"


# -- what is refused


def test_five_errors_are_five_lines(edited: Edit) -> None:
    """All errors of a file at once, each with its place and what was expected."""
    home = edited(
        "routing.yaml",
        ("opds: [damkar, pln]", "opds: [damkr, pln]"),
        ("fallback: [bpbd]\n", ""),
        ("priority: 2", "prioritas: 2"),
        ("lane: urgent", "lane: urgen"),
        ("every: 30s", "every: cepat"),
    )
    lines, status = report(home)
    assert status == 1
    assert lines == [
        'routing.yaml:10:1: kunci "fallback" tidak ada, diharapkan "fallback: …"',
        'routing.yaml:18:33: "urgen" tidak dikenal, diharapkan "urgent" (mungkin itu maksudnya)',
        'routing.yaml:37:60: OPD "damkr" tidak ada, diharapkan "damkar" (mungkin itu maksudnya)',
        'routing.yaml:46:37: kunci "prioritas" tidak dikenal, diharapkan "priority" (mungkin itu maksudnya)',
        'routing.yaml:137:75: lama waktu "cepat" tidak sah, '
        "diharapkan lama waktu seperti 15s, 2m atau 1h, antara 10s dan 1d",
    ]


def test_errors_of_all_three_files_come_together(edited: Edit) -> None:
    """Problems of all files are reported at once."""
    home = edited("hours.yaml", ("daily: 07:00-21:00", "daily: 07:00-25:00"))
    (home / "site.yaml").write_text((home / "site.yaml").read_text().replace("port: 8112", "port: 8088"))
    (home / "routing.yaml").unlink()
    with pytest.raises(ConfigErrors) as raised:
        load(home)
    assert [(problem.file, problem.line) for problem in raised.value.problems] == [
        ("hours.yaml", 9),
        ("routing.yaml", 0),
        ("site.yaml", 58),
    ]
    assert not (home / "var").exists()


HOURS = [
    ("daily: 07:00-25:00", '1:8: jam "25:00" tidak sah, diharapkan JJ:MM antara 00:00 dan 24:00'),
    ("daily: 7-21", '1:8: jam "7" tidak sah, diharapkan JJ:MM antara 00:00 dan 24:00'),
    ("daily: 07:00", '1:8: jam buka "07:00" tidak sah, diharapkan jam buka seperti 07:00-21:00, atau tutup'),
    (
        "daily: 07:00-07:00",
        '1:8: jam buka "07:00-07:00" mulai dan berakhir bersamaan, '
        "diharapkan dua jam yang berbeda (00:00-24:00 untuk sehari penuh)",
    ),
    ("daily: 24:00-07:00", '1:8: jam buka "24:00-07:00" mulai pukul 24:00, diharapkan mulai antara 00:00 dan 23:59'),
    (
        "daily: [07:00-12:00, 11:00-15:00]",
        "1:8: dua jam buka bertumpuk (mulai 07:00 dan 11:00), diharapkan jam buka yang terpisah",
    ),
    (
        "weekly: {senin: 07:00-21:00}",
        "1:1: tidak ada jam untuk selasa, rabu, kamis, jumat, sabtu, minggu, "
        'diharapkan "daily: 07:00-21:00", atau hari itu di weekly',
    ),
    (
        "daily: tutup\nweekly: {saturday: tutup}",
        '2:10: hari "saturday" tidak dikenal, diharapkan "sabtu" (mungkin itu maksudnya)',
    ),
    (
        "daily: tutup\ndates: {2026-02-30: tutup}",
        '2:9: tanggal "2026-02-30" tidak sah, diharapkan tanggal yang ada, TTTT-BB-HH seperti 2026-12-25',
    ),
    (
        "daily: tutup\nholidays: {names: {Hari Raya Natl: tutup}}",
        '2:20: hari libur "Hari Raya Natl" tidak dikenal, diharapkan "Hari Raya Natal" (mungkin itu maksudnya)',
    ),
    (
        "daily: tutup\nholidays: {remove: [2026-12-24, 2026-12-23]}",
        '2:33: tanggal "2026-12-23" bukan hari libur, diharapkan "2026-12-25" (mungkin itu maksudnya)',
    ),
    (
        "daily: tutup\ndaily: 07:00-21:00",
        '2:1: kunci "daily" ditulis dua kali (pertama di baris 1), diharapkan sekali saja',
    ),
    (
        "daily: tutup\nafter_hours: {page_duty: mungkin}",
        '2:26: "mungkin" bukan ya atau tidak, diharapkan true atau false (ya atau tidak)',
    ),
    (
        "daily: tutup\nafter_hours: {max_message: }",
        "2:27: nilai kosong, diharapkan lama waktu seperti 15s, 2m atau 1h, antara 10s dan 10m",
    ),
    ("halo", '1:1: isi "halo" tidak cocok, diharapkan kelompok (kunci: nilai)'),
    ("", "1:1: berkas kosong, diharapkan kunci daily, weekly, dates, holidays, after_hours"),
    ("daily: tutup\n\tx: 1", "2:1: YAML tidak sah: tanda ini (tab, @, ` atau %) tidak boleh di awal, diharapkan spasi"),
    ("daily: [07:00-21:00\n", "2:1: YAML tidak sah: kurung atau koma hilang, diharapkan koma antara dua isi"),
    ('daily: "07:00\n', "2:1: YAML tidak sah: tanda kutip tidak ditutup, diharapkan tanda kutip penutup"),
    ("daily: tutup\n  x: 1", "2:4: YAML tidak sah: titik dua tidak boleh di sini, diharapkan jorokan yang sama"),
    ("daily: tutup\n---\na: 1", "2:1: YAML tidak sah: tanda --- memulai dokumen kedua, diharapkan satu dokumen saja"),
    ("? [a]\n: b\n", "1:3: kunci harus sebuah kata, diharapkan kata: nilai"),
    ("daily: tutup\0", "1:1: ada huruf kendali yang tidak boleh, diharapkan teks biasa"),
    (b"daily: tutup\n# caf\xe9", "2:1: huruf di baris ini bukan UTF-8, diharapkan berkas teks UTF-8"),
]


@pytest.mark.parametrize(("text", "line"), HOURS)
def test_a_wrong_hours_file(edited: Edit, text: str | bytes, line: str) -> None:
    """Each wrong thing has one sentence at its line and column."""
    lines = problems(edited("hours.yaml", text=text))
    assert any(entry.startswith(f"hours.yaml:{line}") for entry in lines), lines


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in ("ab", "bc", "cd", "de", "ef", "fg")
)


@pytest.mark.parametrize("text", ["a: " + "[" * 5000, "daily: &a [*a]", LAUGHS])
@pytest.mark.long
def test_a_hostile_yaml_is_a_sentence(edited: Edit, text: str) -> None:
    """Depth, aliases that hold themselves and aliases that multiply end in one sentence, soon."""
    assert problems(edited("hours.yaml", text=text)) == [
        "hours.yaml: susunan terlalu dalam atau alias berputar, diharapkan susunan sederhana"
    ]


ROUTING = [
    (("start: utama", "start: awal"), 'menu "awal" tidak ada, diharapkan salah satu dari utama'),
    (("prompt: menu-utama", "prompt: menu-utma"), 'prompt "menu-utma" tidak ada, diharapkan "menu-utama" (mungkin'),
    (("lane: normal, kind: complaint", "lane: normal"), 'kunci "kind" tidak ada, diharapkan kind: emergency'),
    (("lane: normal, kind: complaint", "kind: complaint"), "tombol harus menuju tepat satu: jalur, menu atau bahasa"),
    (("1: {label", "12: {label"), 'tombol "12" tidak sah, diharapkan satu dari 0 sampai 9, * atau #'),
    (("duty: bpbd.siaga", "duty: bpbd.sigap"), 'kontak "bpbd.sigap" tidak ada, diharapkan "bpbd.siaga" (mungkin'),
    (("kecamatan: Karimunjawa", "kecamatan: Karimunjwa"), 'kecamatan "Karimunjwa" tidak ada, diharapkan "Karimunjawa"'),
    (("category: laut}", "category: lautan}"), 'kategori "lautan" tidak ada, diharapkan "laut" (mungkin'),
    (("    add: [karimunjawa]\n", ""), 'aturan ini tidak mengubah apa pun, diharapkan "opds: …" atau "add: …"'),
    (("kecamatan: Karimunjawa, kind: emergency", ""), "aturan tanpa syarat, diharapkan category, kind atau kecamatan"),
    (("fallback: [bpbd]", "fallback: {opds: [bpbd]}"), "tujuan cadangan (fallback) tidak boleh bersyarat"),
    (("rules:", "rulse:\nrules:"), 'kunci "rulse" tidak dikenal, diharapkan "rules" (mungkin'),
    (("fallback: [bpbd]", "fallback: []"), '"fallback" kosong, diharapkan paling sedikit satu isi'),
    (("ladder: darurat", "ladder: dararat"), 'tangga "dararat" tidak ada, diharapkan "darurat" (mungkin'),
    (
        ("{siaga: [page, webpush, call, apprise]}", "{siga: [page]}"),
        'peran atau kontak "siga" tidak ada, diharapkan "siaga"',
    ),
    (
        ("[page, webpush, call, apprise]", "[page, sms]"),
        '"sms" tidak dikenal, diharapkan salah satu dari call, speaker, apprise, webhook, page',
    ),
    (("{after: 0s", "{after: 5s"), 'tangga "darurat" tidak mulai seketika, diharapkan after: 0s'),
    (("{after: 5m", "{after: 1m"), "anak tangga ini tidak lebih lambat dari sebelumnya, diharapkan waktu yang naik"),
    (("    manual: true ", "    # "), 'OPD "rsud" tidak terjangkau: tidak ada kategori, aturan atau fallback'),
    (
        ("      siaga: {title: Pos Damkar Jepara, page: true, sip: damkar1}\n", ""),
        'OPD "damkar" tidak terjangkau pada anak tangga ke-1 dari tangga "darurat", diharapkan kontak dengan saluran',
    ),
    (("sip: damkar1", "sip: 1001"), 'akun SIP "1001" tidak sah, diharapkan huruf kecil, angka, - atau _'),
    (("sip: damkar1", "sip: trunk-a"), 'nama "trunk-a" dipakai Asterisk sendiri, diharapkan nama lain'),
    (('"+620001120101"', "081234567890"), 'nomor "081234567890" tidak sah, diharapkan kode negara dan 8 sampai 15'),
    (('colour: "#c62828"', "colour: #c62828"), 'nilai kosong, diharapkan warna seperti "#c0392b"'),
    (("      siaga: {title: Pos Damkar", "      bupati: {title: Pos Damkar"), '"bupati" sudah nama kontak umum'),
]


@pytest.mark.parametrize(("change", "sentence"), ROUTING)
def test_a_wrong_routing_file(edited: Edit, change: tuple[str, str], sentence: str) -> None:
    """Dangling references, unreachable OPDs, missing defaults and wrong words are errors."""
    lines = problems(edited("routing.yaml", change))
    assert any(entry.startswith("routing.yaml:") and sentence in entry for entry in lines), lines


@pytest.mark.parametrize("word", ["apprise: rahasia-token-123", "webhook: ftp://rahasia-token-123"])
def test_a_secret_is_never_repeated(edited: Edit, word: str) -> None:
    """A wrong address that may hold a token is an error whose text does not show it."""
    home = edited("routing.yaml", ("sip: damkar1", f"sip: damkar1, {word}"))
    lines = problems(home)
    assert len(lines) == 1
    assert "tidak sah (isinya tidak ditampilkan)" in lines[0]
    assert "rahasia" not in lines[0]


def test_a_contacts_repr_hides_its_addresses(edited: Edit) -> None:
    """Logging a contact does not log its Apprise address."""
    home = edited("routing.yaml", ("sip: damkar1", "sip: damkar1, apprise: json://rahasia@localhost"))
    contact = load(home, secrets=False).routing.contacts["damkar.siaga"]
    assert contact.apprise == "json://rahasia@localhost"
    assert "rahasia" not in repr(contact)


SITE = [
    (
        ("time_zone: Asia/Jakarta", "time_zone: Asia/Jakata"),
        'zona waktu "Asia/Jakata" tidak dikenal, diharapkan "Asia/J',
    ),
    (("sip_port: 5060", "sip_port: 99999"), 'port "99999" tidak sah, diharapkan bilangan bulat 1 sampai 65535'),
    (("ami_port: 5038", "ami_port: 8088"), "port 8088 sudah dipakai asterisk.http_port, diharapkan port lain"),
    (("rtp_end: 10999", "rtp_end: 9000"), "port RTP 10000 sampai 9000 terlalu sedikit, diharapkan paling sedikit 20"),
    (("sip_port: 5060", "sip_port: 10500"), "port SIP ada di port RTP 10000-10999"),
    (
        ("match: [127.0.0.1]", "match: [sbc_contoh]"),
        'alamat "sbc_contoh" tidak sah, diharapkan alamat IP, jaringan seperti 10.1.2.0/24, atau nama seperti',
    ),
    (("sip_bind: 127.0.0.1", "sip_bind: localhost"), 'alamat "localhost" tidak sah, diharapkan alamat IP seperti'),
    (("# mobile_trunk: telkom", "mobile_trunk: telkom"), 'trunk "telkom" tidak ada, diharapkan salah satu dari local'),
    (
        ("# mobile_trunk: telkom", "mobile_trunk: local"),
        'trunk "local" tidak bisa memanggil keluar, diharapkan "contact',
    ),
    (("places: data/jepara.yaml", "places: data/kudus.yaml"), "data/kudus.yaml: berkas tidak ada"),
    (("ring: 15s", "ring: 15 menit"), 'lama waktu "15 menit" tidak sah, diharapkan lama waktu seperti 15s, 2m'),
    (("name: Jepara Tanggap 112", "name:"), "nilai kosong, diharapkan teks"),
]


@pytest.mark.parametrize(("change", "sentence"), SITE)
def test_a_wrong_site_file(edited: Edit, change: tuple[str, str], sentence: str) -> None:
    """Ports, addresses and names of the site have sentences too."""
    lines = problems(edited("site.yaml", change))
    assert any(sentence in entry for entry in lines), lines


def test_a_missing_home_and_a_folder_in_a_files_place(edited: Edit, tmp_path: Path) -> None:
    """A file that cannot be read at all is named once."""
    assert problems(tmp_path / "x") == [
        f"{tmp_path / 'x'}: folder instans tidak ada, diharapkan folder berisi routing.yaml, hours.yaml, site.yaml"
    ]
    home = edited()
    (home / "hours.yaml").unlink()
    (home / "hours.yaml").mkdir()
    assert problems(home) == ["hours.yaml: ini sebuah folder, diharapkan berkas YAML"]


def test_json_report(edited: Edit) -> None:
    """`tanggap check --json` has stable keys."""
    lines, status = report(edited("hours.yaml", text="daily: x"), as_json=True)
    data = json.loads("\n".join(lines))
    assert (status, data["ok"]) == (1, False)
    assert data["problems"][0] == {
        "file": "hours.yaml",
        "line": 1,
        "col": 8,
        "what": 'jam buka "x" tidak sah',
        "expected": "jam buka seperti 07:00-21:00, atau tutup",
        "warning": False,
    }


DUTY = [
    (
        ("page: true, sip: damkar1}", "page: true, sip: damkar1, duty: 07:00-21:00}"),
        'routing.yaml:170:5: Kebakaran, Hewan berbahaya atau sarang tawon: tidak ada kontak OPD "damkar" '
        "yang terjangkau setiap hari pukul 00.00-07.00; setiap hari pukul 21.00-24.00, "
        "diharapkan kontak yang berdinas pada jam itu, atau stand_in yang menggantikannya",
    ),
    (
        ("page: true, sip: damkar1}", "page: true, sip: damkar1, duty: 07:00-21:00, stand_in: pusdalop}"),
        'routing.yaml:171:96: kontak pengganti "pusdalop" tidak ada, diharapkan "pusdalops" (mungkin itu maksudnya)',
    ),
    (
        ("page: true, sip: damkar1}", "page: true, sip: damkar1, stand_in: siaga}"),
        'routing.yaml:171:77: kontak "damkar.siaga" menggantikan dirinya sendiri, diharapkan kontak yang lain',
    ),
    (
        ("page: true, sip: damkar1}", "page: true, sip: damkar1, duty: {weekly: {sbtu: tutup}}}"),
        'routing.yaml:171:83: hari "sbtu" tidak dikenal, diharapkan "sabtu" (mungkin itu maksudnya)',
    ),
    (
        ("page: true, sip: damkar1}", "page: true, sip: damkar1, duty: pagi}"),
        'routing.yaml:171:73: jam buka "pagi" tidak sah, diharapkan jam buka seperti 07:00-21:00, atau tutup',
    ),
]


@pytest.mark.parametrize(("change", "expected"), DUTY)
def test_wrong_duty_hours(edited: Edit, change: tuple[str, str], expected: str) -> None:
    """An hour without anybody, a stand-in that is none, a day that is none: one sentence each."""
    assert problems(edited("routing.yaml", change)) == [expected]


def test_duty_hours_are_read(edited: Edit) -> None:
    """Whoever stands in is found by its role; hours are those of the site's zone."""
    duty = "duty: {daily: 07:00-21:00, weekly: {sabtu: tutup}, dates: {2026-12-25: tutup}}"
    more = f"page: true, sip: damkar1, {duty}, stand_in: [piket, pusdalops]}}"
    home = edited("routing.yaml", ("page: true, sip: damkar1}", more))
    assert problems(home) == []
    siaga = load(home, secrets=False).routing.contacts["damkar.siaga"]
    assert siaga.stand_in == ("damkar.piket", "pusdalops")
    assert siaga.duty is not None
    assert [len(day) for day in siaga.duty.weekly] == [1, 1, 1, 1, 1, 0, 1]
    assert siaga.duty.time_zone == "Asia/Jakarta"


# -- messages


MESSAGES = """messages:
  subject: "Laporan {tiket}"
  body: |
    {kategori} di {lokasi}
    Cerita: {uraian}
    {permintaan}
    {tiket} {tautan}
  reminders: {diterima: "Sudah berangkat?"}
"""


def test_messages_are_taken_from_routing(edited: Edit) -> None:
    """Texts that are not written stay as shipped; a line whose every field is empty is left out."""
    home = edited("routing.yaml", ("fallback:", MESSAGES + "fallback:"))
    assert problems(home) == []
    routing = load(home, secrets=False).routing
    ticket = dict.fromkeys(("kecamatan", "desa", "address", "description"))
    ticket |= {"number": "T-1", "kind": "emergency", "category": "kebakaran", "created_at": "2026-11-22T07:05:00+00:00"}
    report = report_of(ticket, "damkar", routing, ZoneInfo("Asia/Jakarta"), phase="diterima", link="https://x/t/1")
    asked = "Sudah berangkat? Mohon perbarui statusnya di halaman OPD."
    assert (report.subject, report.body.splitlines()) == (
        "Laporan T-1",
        ["Kebakaran di belum diketahui", asked, "T-1 https://x/t/1"],
    )
    assert report.read_back == "Kebakaran, belum diketahui."


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("body", '"{kategori} {tiket}"', "templat tanpa {tautan}, diharapkan {tautan}: tautan sekali pakai"),
        ("body", '"{tautan}"', "templat tanpa {tiket}, diharapkan {tiket}: nomor tiket"),
        ("ask", '"{kategory}"', 'isian {kategory} tidak dikenal, diharapkan "kategori"'),
        ("subject", '"{tiket"', 'kurung "{" sendirian'),
        ("spoken", '""', 'templat "" tidak sah, diharapkan teks, 1 sampai 1500 huruf'),
    ],
)
def test_wrong_templates(edited: Edit, key: str, text: str, problem: str) -> None:
    """A misspelt field, a lone brace, a message without its link: refused at its place."""
    home = edited("routing.yaml", ("fallback:", f"messages:\n  {key}: {text}\nfallback:"))
    lines = problems(home)
    assert len(lines) == 1
    assert problem in lines[0]
    assert lines[0].startswith("routing.yaml:")


def test_messages_without_a_public_address_are_said(edited: Edit) -> None:
    """Messages carry no link then: `tanggap check` says so, and nothing where nobody is pushed by messages."""
    wanted = "site.yaml: peringatan: pesan ke OPD dikirim tanpa tautan: console.public_url kosong"
    home = edited("routing.yaml", ("sip: damkar1}", 'sip: damkar1, apprise: "json://localhost/x"}'))
    assert [line for line in map(str, check(home)) if line.startswith(wanted)]
    site = home / "site.yaml"
    site.write_text(site.read_text().replace("  # public_url", "  public_url", 1))
    assert not [line for line in map(str, check(home)) if line.startswith(wanted)]
