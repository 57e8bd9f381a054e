"""Tables that commands print for people: heads in one language, whatever the fields are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tanggap.program import main
from tests.upgrade.instances import release_0_1

CALLS = ["masuk", "tampil sebagai", "tahap", "jalur", "akhir", "operator", "tiket"]
TABLES = {
    "calls list --days 9999": CALLS,
    "tickets list --days 9999": ["nomor", "dibuat", "jenis", "kategori", "status", "OPD"],
    "journal": ["urutan", "waktu", "jenis", "tiket", "pelaku", "data"],
    "numbers list": ["nomor", "skor", "diragukan", "asli", "prank", "informasi", "hening", "terakhir"],
    "numbers show +62812345678011": ["masuk", "jalur", "akhir", "diragukan", "contoh", "tiket", "penilaian"],
    "wadul list": ["nomor aduan", "tiket", "keadaan", "dicatat", "kategori", "OPD", "tenggat"],
    "user list": ["nama", "tampil sebagai", "peran", "OPD", "nonaktif sejak"],
    "contacts list": ["nama", "jabatan", "saluran", "tidak bertugas", "pengganti"],
    "page-test --report": ["kontak", "saluran", "hasil", "jawaban", "keterangan"],
    "report pushes --from 2026-11-22 --to 2026-11-22": [
        "tiket",
        "OPD",
        "anak tangga",
        "dari",
        "sampai",
        "lama (s)",
        "boleh (s)",
    ],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with rows for every table."""
    return release_0_1(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("command", TABLES)
def test_heads_are_indonesian(home: Path, command: str) -> None:
    """No name of a field or column of the store among them."""
    result = CliRunner().invoke(main, ["--home", str(home), *command.split()])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    heads = next(line for line in result.output.splitlines() if line.startswith("┃"))
    assert [head.strip() for head in heads.strip("┃").split("┃")] == TABLES[command]
