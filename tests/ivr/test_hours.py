"""Opening hours: exact seconds, exceptions, midnight, and a naive reference under hypothesis."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.hours import AfterHours, Hours, SpecialDay, Window, decide, for_failsafe, spoken

JAKARTA = ZoneInfo("Asia/Jakarta")
DAY = Window(time(7), time(21))
WHOLE_DAY = Window(time(0), time(0))
NATAL = SpecialDay((), "Hari Raya Natal")
EVERY_DAY = Hours("Asia/Jakarta", ((DAY,),) * 7, {date(2026, 12, 25): NATAL})


def at(text: str, tz: ZoneInfo = JAKARTA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz)


@pytest.mark.parametrize(
    ("moment", "is_open", "changes_at"),
    [
        ("2026-11-22T00:00:00", False, "2026-11-22T07:00:00"),
        ("2026-11-22T06:59:59", False, "2026-11-22T07:00:00"),
        ("2026-11-22T06:59:59.999999", False, "2026-11-22T07:00:00"),
        ("2026-11-22T07:00:00", True, "2026-11-22T21:00:00"),
        ("2026-11-22T20:59:59", True, "2026-11-22T21:00:00"),
        ("2026-11-22T20:59:59.999999", True, "2026-11-22T21:00:00"),
        ("2026-11-22T21:00:00", False, "2026-11-23T07:00:00"),
        ("2026-12-24T21:00:00", False, "2026-12-26T07:00:00"),
        ("2026-12-25T12:00:00", False, "2026-12-26T07:00:00"),
    ],
)
def test_exact_seconds(moment: str, is_open: bool, changes_at: str) -> None:
    """07:00:00 is open, 21:00:00 is closed, and the next change is known."""
    gate = decide(EVERY_DAY, at(moment))
    assert (gate.open, gate.changes_at) == (is_open, at(changes_at))


def test_reasons_are_sentences() -> None:
    """The reason names the day, its hours, the exception and the next opening."""
    assert decide(EVERY_DAY, at("2026-11-22T21:00")).reason == (
        "tutup: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB; "
        "buka lagi Senin 23 November 2026 pukul 07.00 WIB"
    )
    assert decide(EVERY_DAY, at("2026-12-25T09:00")).reason == (
        "tutup: jam layanan Jumat 25 Desember 2026 (Hari Raya Natal) libur; "
        "buka lagi Sabtu 26 Desember 2026 pukul 07.00 WIB"
    )
    assert decide(EVERY_DAY, at("2026-11-22T07:00")).reason == (
        "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"
    )


def test_now_in_another_zone_is_the_same_moment() -> None:
    """`now` may come in any zone; the hours are meant in their own."""
    assert decide(EVERY_DAY, datetime(2026, 11, 22, 0, 0, tzinfo=UTC)).open
    assert not decide(EVERY_DAY, datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)).open


def test_a_window_of_the_evening_before_counts() -> None:
    """Over midnight: Saturday 20:00-04:00 keeps Sunday open until 04:00, though Sunday is closed."""
    weekly = ((),) * 5 + ((Window(time(20), time(4)),), ())
    hours = Hours("Asia/Jakarta", weekly)
    assert decide(hours, at("2026-11-22T03:59:59")).open
    assert not decide(hours, at("2026-11-22T04:00:00")).open
    assert not decide(hours, at("2026-11-21T19:59:59")).open


def test_an_exception_replaces_the_days_windows_but_not_the_night_before() -> None:
    """A closed date closes its own windows; the one that began the evening before runs to its end."""
    hours = Hours("Asia/Jakarta", ((Window(time(20), time(4)),),) * 7, {date(2026, 12, 25): NATAL})
    assert decide(hours, at("2026-12-25T03:00")).open
    assert not decide(hours, at("2026-12-25T22:00")).open
    assert not decide(hours, at("2026-12-26T03:00")).open
    assert decide(hours, at("2026-12-26T20:00")).open


def test_always_and_never() -> None:
    """Open for ever and closed for ever have no next change."""
    always = decide(Hours("Asia/Jakarta", ((WHOLE_DAY,),) * 7), at("2026-11-22T12:00"))
    never = decide(Hours("Asia/Jakarta", ((),) * 7), at("2026-11-22T12:00"))
    assert (always.open, always.changes_at) == (True, None)
    assert (never.open, never.changes_at) == (False, None)
    assert never.reason == "tutup: jam layanan Minggu 22 November 2026 libur; tidak ada jam buka lagi"


def test_touching_windows_are_one() -> None:
    """00:00-24:00 yesterday and 00:00-06:00 today: the next change is at 06:00."""
    hours = Hours("Asia/Jakarta", ((WHOLE_DAY,),) * 6 + ((Window(time(0), time(6)),),))
    assert decide(hours, at("2026-11-21T23:00")).changes_at == at("2026-11-22T06:00")


def test_a_zone_with_summer_time() -> None:
    """Where the clock jumps, a window is as long as its two ends say on that day's clock."""
    berlin = ZoneInfo("Europe/Berlin")
    hours = Hours("Europe/Berlin", ((Window(time(1), time(4)),),) * 7)
    spring = [
        minute
        for minute in range(600)
        if decide(hours, at("2026-03-29T00:00", berlin).astimezone(UTC) + timedelta(minutes=minute)).open
    ]
    autumn = [
        minute
        for minute in range(600)
        if decide(hours, at("2026-10-25T00:00", berlin).astimezone(UTC) + timedelta(minutes=minute)).open
    ]
    assert (len(spring), len(autumn)) == (2 * 60, 4 * 60)


@pytest.mark.parametrize(
    ("weekly", "said"),
    [
        (((DAY,),) * 7, "setiap hari pukul tujuh pagi sampai pukul sembilan malam"),
        (((WHOLE_DAY,),) * 7, "setiap hari dua puluh empat jam"),
        (
            ((Window(time(8), time(12)), Window(time(13), time(16, 30))),) * 5 + ((), ()),
            "hari Senin sampai Jumat pukul delapan pagi sampai pukul dua belas siang "
            "dan pukul satu siang sampai pukul empat lewat tiga puluh menit sore",
        ),
        (
            ((DAY,),) * 6 + ((Window(time(20), time(0)),),),
            "hari Senin sampai Sabtu pukul tujuh pagi sampai pukul sembilan malam, "
            "hari Minggu pukul delapan malam sampai pukul dua belas malam",
        ),
        (((),) * 7, "yang diumumkan pemerintah daerah"),
    ],
)
def test_spoken(weekly: tuple[tuple[Window, ...], ...], said: str) -> None:
    """The weekly hours as a prompt says them."""
    assert spoken(Hours("Asia/Jakarta", weekly)) == said


def test_failsafe_splits_midnight_and_lists_the_dates_that_differ() -> None:
    """Asterisk alone gets minutes per weekday and every date of the next 400 days that is different."""
    hours = Hours("Asia/Jakarta", ((Window(time(20), time(4)),),) * 7, {date(2026, 12, 25): NATAL})
    weekly, dates = for_failsafe(hours, date(2026, 11, 22))
    assert weekly == (((0, 240), (1200, 1440)),) * 7
    assert dates == ((date(2026, 12, 25), ((0, 240),)), (date(2026, 12, 26), ((1200, 1440),)))


# -- properties, against the plainest reading there is

minutes = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
windows = st.builds(Window, minutes, minutes).filter(lambda window: window.start != window.end or window == WHOLE_DAY)
days = st.lists(windows, max_size=3).map(tuple)
dates = st.dates(date(2026, 11, 1), date(2026, 11, 30))
schedules = st.builds(
    Hours,
    st.just("Asia/Jakarta"),
    st.lists(days, min_size=7, max_size=7).map(tuple),
    st.dictionaries(dates, st.builds(SpecialDay, days, st.just("uji")), max_size=5),
    st.just(AfterHours()),
)
FIRST, LAST = datetime.fromisoformat("2026-11-03"), datetime.fromisoformat("2026-11-27")
moments = st.datetimes(FIRST, LAST, timezones=st.just(JAKARTA))


def open_by_the_clock(hours: Hours, local: datetime) -> bool:
    """Open when a window of today holds this time of day, or one of yesterday that passes midnight does."""

    def of(day: date) -> tuple[Window, ...]:
        special = hours.exceptions.get(day)
        return special.windows if special else hours.weekly[day.weekday()]

    now = local.time()
    today = any((w.start <= now < w.end) if w.end > w.start else now >= w.start for w in of(local.date()))
    return today or any(w.end <= w.start and now < w.end for w in of(local.date() - timedelta(days=1)))


@settings(deadline=None)
@given(schedules, moments)
def test_decides_like_the_plain_reading(hours: Hours, moment: datetime) -> None:
    """decide() agrees with the naive reference at every instant."""
    assert decide(hours, moment).open == open_by_the_clock(hours, moment)


@settings(max_examples=60, deadline=None)
@given(schedules, moments)
def test_nothing_changes_before_the_next_change(hours: Hours, moment: datetime) -> None:
    """Up to changes_at the gate stays as it is; there it turns."""
    gate = decide(hours, moment)
    if gate.changes_at is None:
        assert all(open_by_the_clock(hours, moment + timedelta(hours=step)) == gate.open for step in range(24 * 14))
        return
    assert open_by_the_clock(hours, gate.changes_at) != gate.open
    step = timedelta(minutes=1)
    before = moment
    while before < gate.changes_at and before < moment + timedelta(days=2):
        assert open_by_the_clock(hours, before) == gate.open
        before += step
    assert open_by_the_clock(hours, gate.changes_at - timedelta(microseconds=1)) == gate.open


@settings(max_examples=60, deadline=None)
@given(schedules, moments)
def test_failsafe_means_the_same(hours: Hours, moment: datetime) -> None:
    """The plain minutes for Asterisk open and close in the same minutes as decide()."""
    weekly, dated = for_failsafe(hours, date(2026, 11, 1), days=40)
    today = dict(dated).get(moment.date(), weekly[moment.weekday()])
    minute = moment.hour * 60 + moment.minute
    assert any(start <= minute < end for start, end in today) == decide(hours, moment).open
