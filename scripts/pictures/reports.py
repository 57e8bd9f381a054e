"""Data of the made-up afternoon in the pictures: its minute, its people, what callers report."""

from datetime import UTC, datetime

from tickets.model import Actor

NOW = datetime(2026, 11, 23, 3, 24, 11, tzinfo=UTC)  # a Monday, 10.24 WIB
USERS = {
    "siti": ("Siti Aminah", "operator", None),
    "budi": ("Budi Santoso", "operator", None),
    "rina": ("Rina Wulandari", "operator", None),
    "damkar": ("Piket Damkar", "opd", "damkar"),
    "psc": ("Dwi Hartono", "opd", "psc119"),
    "polres": ("Joko Prasetyo", "opd", "polres"),
    "pdam": ("Piket PDAM", "opd", "pdam"),
    "pusat": ("Pusat Kendali", "command", None),
    "bupati": ("Bupati", "bupati", None),
    "admin": ("Dewi Lestari", "admin", None),
}
FIRE = {
    "kind": "emergency",
    "category": "kebakaran",
    "kecamatan": "Kalinyamatan",
    "desa": "Margoyoso",
    "address": "Gudang mebel di belakang Pasar Kalinyamatan",
    "description": "Gudang mebel terbakar, api sudah ke atap. Dua orang mungkin di dalam. Truk bisa lewat dari timur.",
    "reporter_name": "Pak Slamet",
}
CRASH = {
    "kind": "emergency",
    "category": "kecelakaan",
    "kecamatan": "Tahunan",
    "desa": "Ngabul",
    "address": "Bundaran Ngabul, depan SPBU",
    "description": "Truk dan sepeda motor. Satu korban tidak sadar.",
    "reporter_name": "Wati",
}
PIPE = {
    "kind": "complaint",
    "category": "air",
    "kecamatan": "Jepara",
    "desa": "Panggang",
    "address": "Jalan Kartini, dekat alun-alun",
    "description": "Pipa PDAM bocor, air menggenang sejak pagi.",
    "reporter_name": "Bu Nur",
}
SNAKE = {
    "kind": "emergency",
    "category": "hewan",
    "kecamatan": "Bangsri",
    "desa": "Kedungleper",
    "address": "RT 3 RW 2, rumah Bu Kasmi",
    "description": "Ular kobra masuk dapur.",
    "reporter_name": "Kasmi",
}
# where the network says that callers were
PLACES = {"+62813000000147": '{"lat": -6.73512, "lon": 110.70483, "radius_m": 180}'}

COMPLAINTS: tuple[tuple[float, dict[str, str], tuple[str, ...], tuple[str, ...]], ...] = (
    (5, {"category": "sampah", "kecamatan": "Tahunan", "desa": "Mantingan", "description": "TPS penuh."}, (), ()),
    (3, {"category": "jalan", "kecamatan": "Batealit", "desa": "Ngasem", "description": "Lubang besar."}, (), ()),
    (
        0.4,
        {
            "category": "lampu",
            "kecamatan": "Pecangaan",
            "desa": "Pecangaan Kulon",
            "address": "Simpang tiga pasar",
            "description": "Lampu lalu lintas mati sejak Jumat malam, sering hampir tabrakan saat jam sekolah.",
            "reporter_name": "Bu Sri",
        },
        (),
        (),
    ),
    (2, {"category": "air", "kecamatan": "Keling", "desa": "Kelet", "description": "Air mati."}, ("pdam",), ()),
    (17, {"category": "jalan", "kecamatan": "Mlonggo", "description": "Jembatan goyah."}, ("dpupr",), ("diterima",)),
    (12, {"category": "layanan", "description": "Antrean KTP."}, ("diskominfo",), ("diterima", "selesai")),
)

ADMIN = Actor("user", "admin")
ANSWER = "Mulai Senin loket KTP dibuka dua, dan nomor antrean bisa diambil lewat aplikasi sejak pukul 06.00."
