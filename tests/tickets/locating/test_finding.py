"""Places by what callers say and operators type: the right desa first, and never a wrong one for sure."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.tickets.locating.misspelling import misspelt
from tickets.locating.finding import Gazetteer, Place, of_kecamatan

ROOT = Path(__file__).resolve().parents[3]
KECAMATAN = yaml.safe_load((ROOT / "data" / "jepara.yaml").read_text(encoding="utf-8"))["kecamatan"]


@cache
def jepara() -> Gazetteer:
    """The shipped desa."""
    return Gazetteer(of_kecamatan(KECAMATAN))


# typed or said by hand, and the desa that is meant
SAID = [
    line.split("|")
    for line in """
kecapik|Kecapi
krapyag|Krapyak
Mantengan|Mantingan
ngabol|Ngabul
jobo kuto|Jobokuto
mbangsri|Bangsri
ndongos|Dongos
mbandengan|Bandengan
mbondo|Bondo
njambu|Jambu
nggidangelo|Gidangelo
nGeneng|Geneng
mbugel|Bugel
mbawu|Bawu
mBatealit|Batealit
nDermolo|Dermolo
mBringin|Bringin
welahan|Welahan
wlahan|Welahan
tlukawur|Telukawur
teluk awur|Telukawur
tluk awur|Telukawur
teluk wetan|Teluk Wetan
tluk wetan|Teluk Wetan
tegal sambi|Tegalsambi
tgl sambi|Tegalsambi
potro yudan|Potroyudan
putroyudan|Potroyudan
pulo darat|Pulodarat
puladarat|Pulodarat
mulyo harjo|Mulyoharjo
mulyoarjo|Mulyoharjo
mulyaharja|Mulyoharjo
damar wulan|Damarwulan
damarbulan|Damarwulan
petekean|Petekeyan
petekeyan|Petekeyan
pete keyan|Petekeyan
banjar agung|Banjaragung
bj agung|Banjaragung
kr gondang|Karanggondang
krg gondang|Karanggondang
karang gondang|Karanggondang
karanggndang|Karanggondang
karang randu|Karangrandu
kr randu|Karangrandu
karang nongko|Karangnongko
karang kebagusan|Karangkebagusan
kr kebagusan|Karangkebagusan
kedung cino|Kedungcino
kd cino|Kedungcino
kedungcina|Kedungcino
kedung leper|Kedungleper
kedung malang|Kedungmalang
kedung sari mulyo|Kedungsarimulyo
ujung pandan|Ujung Pandan
ujungpandan|Ujung Pandan
sukodono|Sukodono
sukadana|Sukodono
soekodono|Sukodono
sukosono|Sukosono
suka sana|Sukosono
wono rejo|Wonorejo
wonoreja|Wonorejo
purwo gondo|Purwogondo
purwagonda|Purwogondo
margayasa|Margoyoso
margo yoso|Margoyoso
bandung arjo|Bandungharjo
ban dung rejo|Bandungrejo
pendo sawalan|Pendosawalan
pendosuwalan|Pendosawalan
manyar gading|Manyargading
banyu putih|Banyuputih
banjuputih|Banyuputih
batu kali|Batukali
watukali|Batukali
damar jati|Damarjati
djondang|Jondang
tjepogo|Cepogo
tjepaga|Cepogo
cepago|Cepogo
soemosari|Somosari
sumo sari|Somosari
ragu klampitan|Raguklampitan
raguk lampitan|Raguklampitan
mindahan kidol|Mindahan Kidul
mindahan kdul|Mindahan Kidul
sowan lor|Sowan Lor
sowan kidoel|Sowan Kidul
mayong kidul|Mayong Kidul
gemiring lor|Gemiring Lor
gmiring kidul|Gemiring Kidul
kalipucang wetan|Kalipucang Wetan
kali pucang kulon|Kalipucang Kulon
pecangaan kulon|Pecangaan Kulon
pecangan kulon|Pecangaan Kulon
pecangan wetan|Pecangaan Wetan
pcangaan wetan|Pecangaan Wetan
suwawal timur|Suwawal Timur
swawal timur|Suwawal Timur
jambu timur|Jambu Timur
bulak baru|Bulak Baru
bulakbaru|Bulak Baru
tanggul telare|Tanggul Tlare
tanggultlare|Tanggul Tlare
tlare|Tanggul Tlare
brantak|Brantak Sekarjati
brantak sekar jati|Brantak Sekarjati
ketileng|Ketilengsingolelo
ketileng singolelo|Ketilengsingolelo
kendeng|Kendengsidialit
kendeng sidialit|Kendengsidialit
guwo sobokerto|Guwosobokerto
gua sobokerto|Guwosobokerto
dudakawu|Dudak Awu
dudak awu|Dudak Awu
deket pasar kecapi|Kecapi
ngarep masjid mantingan|Mantingan
depan sd 1 mbandengan|Bandengan
kobongan ning ngabul|Ngabul
kebakaran di desa Tahunan rt 3 rw 2|Tahunan
kecelakaan pertigaan Ngabul|Ngabul
mburine pasar Bangsri|Bangsri
kulon pasar welahan|Welahan
lor masjid Senenan|Senenan
omahe pak Karno Sukodono|Sukodono
banjir neng Dorang|Dorang
banjir Ngetuk Nalumsari|Ngetuk
tolong pak rumah kebakaran di langon|Langon
desa Bulu kecamatan Jepara|Bulu
ds. Kauman|Kauman
kel. Pengkol|Pengkol
kelurahan panggang|Panggang
dk krajan desa Bucu|Bucu
pantai bandengan|Bandengan
pantai teluk awur|Telukawur
pantai bondo|Bondo
pulau nyamuk|Nyamuk
pulau parang|Parang
karimun jawa|Karimunjawa
kemojan|Kemujan
kaligarang keling|Kaligarang
Karanganyar Welahan|Karanganyar
jl raya Krasak|Krasak
jln raya Troso depan toko|Troso
sebelah barat balai desa Semat|Semat
gang masjid Demaan|Demaan
Saripan rt 2|Saripan
bapangan rsud|Bapangan
ujung watu|Ujungwatu
""".strip().splitlines()
]

# of emergencies, without a place
PLACELESS = """
tolong ada orang pingsan di rumah
anak saya jatuh dari sepeda
mobil terbakar depan toko emas
pohon tumbang menutup jalan
bapak saya sesak napas
ular masuk rumah
tawuran pelajar bawa parang
kebakaran lahan tebu
panggung roboh orang banyak
gelang emas saya dijambret
banyak nyamuk demam berdarah
pohon jambu tumbang kena kabel
ibu mau melahirkan ketuban pecah
motor masuk jurang
perahu tenggelam di laut
orang tenggelam di sungai
kabel listrik putus percikan api
kompor gas meledak
maling ketangkap warga
orang gila mengamuk bawa pisau
banjir setinggi lutut
tanah longsor nutup jalan
tabrak lari motor sama truk
kecelakaan tunggal bapak tua
anak hilang umur lima tahun
gudang mebel kebakaran besar
tiang listrik roboh
rem blong truk gandeng
kebocoran gas elpiji
orang keracunan makanan
tawon di atap rumah
kucing masuk sumur
ada mayat di kali
perkelahian pemuda mabuk
copet di pasar
bus terguling
sapi lepas di jalan raya
rumah tetangga kobong
wong tuwo ceblok sumur
bocah kelem kali
montore kecemplung kalen
omah kobong cepet rene
ora ngerti panggonane pak
saya tidak tahu ini di mana
pinggir jalan dekat jembatan
masih di jalan
hutan jati
sawah luas
depan warung makan
belakang sekolah
lantai dua gedung
nggak tau pak
cepat pak tolong
halo halo
tes tes
bapak budi santoso
ibu siti aminah
mas joko susilo
pak sumarno
bu kartini
""".strip().splitlines()


@pytest.mark.parametrize(("text", "name"), SAID)
def test_what_people_say(text: str, name: str) -> None:
    """Misspelt, in Javanese sounds, shortened, within a sentence: the desa that is meant comes first."""
    assert [match.place.name for match in jepara().find(text)][:1] == [name]


def test_no_sentence_without_a_place_is_a_sure_one() -> None:
    """«bawa parang» names no desa Parang, «panggung roboh» no desa Panggung."""
    assert [text for text in PLACELESS if any(match.sure for match in jepara().find(text))] == []


def test_every_desa_is_found_by_its_own_name() -> None:
    """First and sure, but for those whose name begins, or sounds like, that of another."""
    first = {name: jepara().find(name)[0] for desa in KECAMATAN.values() for name in desa}
    assert [name for name, match in first.items() if match.place.name != name] == []
    unsure = {name for name, match in first.items() if not match.sure}
    assert unsure == {"Mindahan", "Jambu", "Suwawal", "Ujungbatu", "Ujungwatu"}


def test_misspelt_names_by_a_model() -> None:
    """500 names with one or two errors of hand or ear: 90 % first, 97 % in the first three, none wrong for sure."""
    rng = random.Random(20261130)
    desa = [(name, kecamatan) for kecamatan, names in KECAMATAN.items() for name in names]
    first = third = 0
    sure_and_wrong = []
    for _ in range(500):
        meant = rng.choice(desa)
        text = misspelt(meant[0], rng)
        matches = jepara().find(text, 3)
        places = [(match.place.desa, match.place.kecamatan) for match in matches]
        first += places[:1] == [meant]
        third += meant in places
        if matches and matches[0].sure and places[0] != meant:
            sure_and_wrong.append((text, *meant, matches[0].place.name))
    assert first >= 450
    assert third >= 485
    assert sure_and_wrong == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mindahan", ["Mindahan", "Mindahan Kidul"]),
        ("jambu", ["Jambu", "Jambu Timur"]),
        ("suwawal", ["Suwawal", "Suwawal Timur"]),
        ("sowan", ["Sowan Lor", "Sowan Kidul"]),
        ("gemiring", ["Gemiring Kidul", "Gemiring Lor"]),
        ("kalipucang", ["Kalipucang Wetan", "Kalipucang Kulon"]),
        ("pecangan", ["Pecangaan", "Pecangaan Kulon", "Pecangaan Wetan"]),
        ("ujung batu", ["Ujungbatu", "Ujungwatu"]),
        ("bandungarjo", ["Bandungharjo", "Bandungrejo"]),
        ("panggng", ["Panggung", "Panggang"]),
        ("kelang", ["Gelang", "Keling", "Pelang"]),
        ("jepara", ["Jepara"]),
        ("kedung", ["Kedung"]),
    ],
)
def test_what_may_be_two_places_is_asked(text: str, names: list[str]) -> None:
    """All of them are proposed, and none is sure; nor is a kecamatan, where nobody can drive to."""
    matches = jepara().find(text, 8)
    assert sorted(match.place.name for match in matches[: len(names)]) == sorted(names)
    assert not any(match.sure for match in matches)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mindahan kidul", "Mindahan Kidul"),
        ("mindahan giddul", "Mindahan Kidul"),
        ("jambu timur", "Jambu Timur"),
        ("Karanganyar Welahan", "Karanganyar"),
        ("Ngetuk Nalumsari", "Ngetuk"),
        ("Parang Karimunjawa", "Parang"),
        ("desa Parang", "Parang"),
        ("Bulu, Kec. Jepara", "Bulu"),
    ],
)
def test_more_words_tell_apart(text: str, name: str) -> None:
    """The direction, the kecamatan, the word «desa» make it sure."""
    best = jepara().find(text)[0]
    assert (best.place.name, best.sure) == (name, True)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("kara", "Karangrandu"), ("pul", "Pule"), ("karimun", "Karimunjawa"), ("ketileng", "Ketilengsingolelo")],
)
def test_a_name_that_is_still_being_typed(typed: str, name: str) -> None:
    """What begins so is proposed, and not yet sure."""
    matches = jepara().find(typed)
    assert name in [match.place.name for match in matches]
    assert not matches[0].sure


@pytest.mark.parametrize("text", ["", " ", "a", "ab", "xyz", "…", "112", "rt 3 rw 2", "di depan pasar", "081234567890"])
def test_what_names_nothing(text: str) -> None:
    """Too short, no name, or only words that stand beside names."""
    assert jepara().find(text) == []


LANDMARKS = Gazetteer(
    [
        *of_kecamatan(KECAMATAN),
        Place("SMP Negeri 1 Bangsri", "Bangsri", "Bangsri", "sekolah", ("SMP 1 Bangsri", "SMP 1"), -6.52, 110.76),
        Place("Masjid Mantingan", "Mantingan", "Tahunan", "masjid", (), -6.62, 110.67),
        Place("Pertigaan Gotri", "Purwogondo", "Kalinyamatan", "simpang", ("gotri",)),
    ]
)


@pytest.mark.parametrize(
    ("text", "name", "sure"),
    [
        ("SMP 1", "SMP Negeri 1 Bangsri", True),
        ("depan smp 1 bangsri", "SMP Negeri 1 Bangsri", True),
        ("mesjid mantingan", "Masjid Mantingan", True),
        ("mantingan", "Mantingan", True),
        ("prapatan gotri", "Pertigaan Gotri", True),
        ("di smp", "", False),
    ],
)
def test_landmarks_of_the_site(text: str, name: str, sure: bool) -> None:
    """By their name, a further name, or the words of a kind and a number."""
    best = LANDMARKS.find(text)[:1]
    assert [(match.place.name, match.sure) for match in best] == ([(name, sure)] if name else [])


def test_a_match_as_plain_data() -> None:
    """A landmark has the desa in which it lies; a kecamatan has none."""
    assert LANDMARKS.find("SMP 1")[0].as_row() == {
        "name": "SMP Negeri 1 Bangsri",
        "kind": "sekolah",
        "desa": "Bangsri",
        "kecamatan": "Bangsri",
        "score": 100.0,
        "sure": True,
        "whole": True,
        "lat": -6.52,
        "lon": 110.76,
    }
    assert jepara().find("kedung")[0].as_row()["desa"] is None
