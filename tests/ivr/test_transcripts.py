"""Every branch of menu, screening and lanes as a transcript to be read."""

import pytest

from ivr.state import Script
from tests.ivr.playbook import NO_CHALLENGE, NO_SCREENING, SCRIPT, TREE
from tests.ivr.transcript import as_written, transcript

CLEAN = {
    "a key at once": """
        arrives        | hears menu-utama
        presses 1      | lane urgent, hears sambungkan
        sari is free   | rings sari
        sari answers   | talks
        a minute passes | -
        sari ends      | is hung up on
    """,
    "a phone that drops twice": """
        arrives        | hears menu-utama
        presses 2      | lane normal, hears sambungkan
        sari is free   | rings sari
        sari answers   | talks
        sari ends      | lane urgent «terputus», hears operator-terputus
        prompt ends    | hears music
        dewi is free   | rings dewi
        dewi answers   | talks
        dewi ends      | hears terputus-lagi
        prompt ends    | callback terputus, is hung up on
    """,
    "a key in the pause": """
        arrives        | hears menu-utama
        prompt ends    | has 4 s
        presses 2      | lane normal, hears sambungkan
        prompt ends    | hears music
    """,
    "says halo during the prompt and then presses": """
        arrives        | hears menu-utama
        speaks         | -
        prompt ends    | has 2.5 s
        presses 2      | lane normal, hears sambungkan
    """,
    "says halo in the pause and then presses": """
        arrives        | hears menu-utama
        prompt ends    | has 4 s
        speaks         | has 2.5 s
        speaks         | -
        presses 1      | lane urgent, hears sambungkan
    """,
    "speaks and presses nothing": """
        arrives        | hears menu-utama
        speaks         | -
        prompt ends    | has 2.5 s
        time is up     | lane urgent «tanpa tombol», hears sambungkan
    """,
    "speaks when asked for the second time": """
        arrives        | hears menu-utama
        prompt ends    | has 4 s
        time is up     | hears menu-ulang
        speaks         | lane urgent «tanpa tombol», hears sambungkan
    """,
    "speaks in the pause after the second asking": """
        arrives        | hears menu-utama
        prompt ends    | has 4 s
        time is up     | hears menu-ulang
        prompt ends    | has 4 s
        speaks         | lane urgent «tanpa tombol», hears sambungkan
    """,
    "presses 5 5": """
        arrives        | hears menu-utama
        presses 5      | hears menu-utama
        presses 5      | lane urgent «salah tombol», hears sambungkan
    """,
    "presses * and then nothing": """
        arrives        | hears menu-utama
        presses *      | hears menu-utama
        prompt ends    | has 4 s
        time is up     | lane urgent «tanpa tombol», hears sambungkan
    """,
    "presses a wrong key, speaks, presses the right one": """
        arrives        | hears menu-utama
        presses 7      | hears menu-utama
        speaks         | -
        prompt ends    | has 2.5 s
        presses 2      | lane normal, hears sambungkan
    """,
    "no key and no sound": """
        arrives        | hears menu-utama
        prompt ends    | has 4 s
        time is up     | hears menu-ulang
        prompt ends    | has 4 s
        time is up     | lane silent «tanpa suara», hears music
        time is up     | hears selamat-tinggal-hening
        prompt ends    | callback hening, is hung up on
    """,
    "taps a key in the silent lane": """
        arrives        | hears menu-utama
        prompt ends    | has 4 s
        time is up     | hears menu-ulang
        prompt ends    | has 4 s
        time is up     | lane silent «tanpa suara», hears music
        presses #      | lane urgent «tanpa tombol», hears sambungkan
        sari is free   | rings sari
    """,
    "whispers during the goodbye": """
        arrives        | hears menu-utama
        prompt ends    | has 4 s
        time is up     | hears menu-ulang
        prompt ends    | has 4 s
        time is up     | lane silent «tanpa suara», hears music
        time is up     | hears selamat-tinggal-hening
        speaks         | lane urgent «tanpa tombol», hears sambungkan
        prompt ends    | hears music
        time is up     | hears antrean angka-2 tetap-di-telepon
        hangs up       | callback menutup saat menunggu
    """,
    "is taken out of the silent lane": """
        arrives        | hears menu-utama
        prompt ends    | has 4 s
        time is up     | hears menu-ulang
        prompt ends    | has 4 s
        time is up     | lane silent «tanpa suara», hears music
        sari takes it  | rings sari
        sari answers   | talks
    """,
}

DOUBTED = {
    "a doubted call that presses the digits": """
        arrives reputation | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        prompt ends        | has 6 s
        presses 4          | has 6 s
        presses 5          | lane urgent behind, hears sambungkan
    """,
    "barges in on the digits": """
        arrives flood      | hears menu-utama
        presses 2          | hears tantangan angka-4 angka-5
        presses 4          | has 6 s
        presses 5          | lane normal behind, hears sambungkan
    """,
    "pressed the menu's key twice: that key does not cut the digits short": """
        arrives flood      | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        presses 1          | -
        presses 4          | has 6 s
        presses 5          | lane urgent behind, hears sambungkan
    """,
    "pressed the first digit twice": """
        arrives flood      | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        presses 4          | has 6 s
        presses 4          | has 6 s
        presses 5          | lane urgent behind, hears sambungkan
    """,
    "the second time is right": """
        arrives reputation | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        presses 7          | -
        presses 8          | hears tantangan angka-4 angka-5
        presses 4          | has 6 s
        presses 5          | lane urgent behind, hears sambungkan
    """,
    "wrong twice": """
        arrives reputation | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        presses 4          | has 6 s
        presses 6          | -
        presses 5          | hears tantangan angka-4 angka-5
        presses 1          | -
        presses 2          | lane unverified «salah angka» behind, hears sambungkan
        sari is free       | rings sari
        sari answers       | talks
    """,
    "pressed 1 and then nothing": """
        arrives reputation | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        prompt ends        | has 6 s
        time is up         | hears tantangan angka-4 angka-5
        prompt ends        | has 6 s
        time is up         | lane unverified «tanpa angka» behind, hears sambungkan
    """,
    "pressed one digit and then nothing": """
        arrives reputation | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        presses 4          | has 6 s
        time is up         | hears tantangan angka-4 angka-5
    """,
    "speaks during the digits": """
        arrives reputation | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        speaks             | -
        prompt ends        | has 2.5 s
        time is up         | lane unverified «tanpa angka» behind, hears sambungkan
    """,
    "speaks during the digits and still presses them": """
        arrives reputation | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        prompt ends        | has 6 s
        speaks             | has 2.5 s
        presses 4          | has 6 s
        presses 5          | lane urgent behind, hears sambungkan
    """,
    "a doubted call that only speaks is not asked for keys": """
        arrives reputation | hears menu-utama
        speaks             | -
        prompt ends        | has 2.5 s
        time is up         | lane unverified «tanpa tombol» behind, hears sambungkan
    """,
    "a doubted call that presses 5 5 cannot be told from one that presses anything": """
        arrives reputation | hears menu-utama
        presses 5          | hears menu-utama
        presses 5          | hears tantangan angka-3 angka-5
        presses 3          | has 6 s
        presses 5          | lane urgent «salah tombol» behind, hears sambungkan
    """,
    "a doubted call without key and sound": """
        arrives flood      | hears menu-utama
        prompt ends        | has 4 s
        time is up         | hears menu-ulang
        prompt ends        | has 4 s
        time is up         | lane silent «tanpa suara» behind, hears music
        presses 5          | lane urgent «tanpa tombol» behind, hears sambungkan
    """,
    "a sampled call is handled as any other": """
        arrives flood sampled | hears menu-utama
        presses 1             | lane urgent, hears sambungkan
    """,
    "who has talked with an operator is not doubted any more": """
        arrives reputation | hears menu-utama
        presses 1          | hears tantangan angka-4 angka-5
        presses 4          | has 6 s
        presses 5          | lane urgent behind, hears sambungkan
        sari is free       | rings sari
        sari declines      | lane urgent behind
        sari is free       | rings sari
        sari answers       | talks
        sari vanishes      | lane urgent «terputus», hears operator-terputus
    """,
}

OFF = {
    "screening switched off: nobody is asked anything": """
        arrives reputation | hears sapaan
        prompt ends        | lane urgent, hears sambungkan
        sari is free       | rings sari
    """,
    "screening switched off: keys and voices are only noted": """
        arrives     | hears sapaan
        presses 7   | -
        presses 7   | -
        speaks      | -
        prompt ends | lane urgent, hears sambungkan
    """,
}

MENUS = {
    "1 emergency, 1 fire": """
        arrives     | hears menu-dua-bahasa
        presses 1   | hears menu-darurat
        presses 1   | lane urgent, hears sambungkan
    """,
    "repeated, which is no wrong key": """
        arrives     | hears menu-dua-bahasa
        presses *   | hears menu-dua-bahasa
        presses *   | hears menu-dua-bahasa
        presses 7   | hears menu-dua-bahasa
        presses *   | hears menu-dua-bahasa
        presses 7   | lane urgent «salah tombol», hears sambungkan
    """,
    "back, and back again": """
        arrives     | hears menu-dua-bahasa
        presses 1   | hears menu-darurat
        presses 4   | hears menu-polisi
        presses 0   | hears menu-darurat
        prompt ends | has 5 s
        presses 0   | hears menu-dua-bahasa
        presses 2   | lane normal, hears sambungkan
    """,
    "nothing more in the second menu": """
        arrives     | hears menu-dua-bahasa
        presses 1   | hears menu-darurat
        prompt ends | has 5 s
        time is up  | lane urgent «tanpa tombol», hears sambungkan
    """,
    "silent, in a menu without a prompt of its own for that": """
        arrives     | hears menu-dua-bahasa
        prompt ends | has 4 s
        time is up  | hears menu-dua-bahasa tekan-apa-saja
    """,
    "in Javanese, as far as there is any": """
        arrives      | hears menu-dua-bahasa
        presses 9    | hears menu-dua-bahasa.jv
        presses 1    | hears menu-darurat.jv
        presses 4    | hears menu-polisi
        presses 1    | lane urgent, hears sambungkan.jv
        time is up   | hears antrean.jv angka-2.jv tetap-di-telepon
    """,
    "in Javanese and back to Indonesian": """
        arrives      | hears menu-dua-bahasa
        presses 9    | hears menu-dua-bahasa.jv
        presses 9    | hears menu-dua-bahasa
        presses 2    | lane normal, hears sambungkan
    """,
    "the challenge in Javanese": """
        arrives flood | hears menu-dua-bahasa
        presses 9     | hears menu-dua-bahasa.jv
        presses 2     | hears tantangan angka-4.jv angka-5
    """,
    "keys that only ask on": """
        arrives     | hears menu-dua-bahasa
        presses 9   | hears menu-dua-bahasa.jv
        presses *   | hears menu-dua-bahasa.jv
        presses 1   | hears menu-darurat.jv
        presses 0   | hears menu-dua-bahasa.jv
        presses 1   | hears menu-darurat.jv
        presses 0   | hears menu-dua-bahasa.jv
        presses 1   | hears menu-darurat.jv
        presses 0   | hears menu-dua-bahasa.jv
        presses 1   | hears menu-darurat.jv
        presses *   | hears menu-darurat.jv
        presses *   | hears menu-darurat.jv
        presses *   | lane urgent «salah tombol», hears sambungkan.jv
    """,
}

BRANCHES = [
    *((SCRIPT, name, book) for name, book in (CLEAN | DOUBTED).items()),
    *((NO_SCREENING, name, book) for name, book in OFF.items()),
    *((TREE, name, book) for name, book in MENUS.items()),
    (
        NO_CHALLENGE,
        "no challenge: doubt only orders",
        """
        arrives reputation | hears menu-utama
        presses 1          | lane urgent behind, hears sambungkan
        """,
    ),
    (
        NO_CHALLENGE,
        "no challenge: who speaks is not unverified either",
        """
        arrives reputation | hears menu-utama
        speaks             | -
        prompt ends        | has 2.5 s
        time is up         | lane urgent «tanpa tombol» behind, hears sambungkan
        """,
    ),
]


@pytest.mark.parametrize(("script", "book"), [(one[0], one[2]) for one in BRANCHES], ids=[one[1] for one in BRANCHES])
def test_branch(script: Script, book: str) -> None:
    """The flow does exactly what the transcript says."""
    assert transcript(book, script) == as_written(book)
