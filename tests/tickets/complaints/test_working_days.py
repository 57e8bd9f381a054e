"""Working days: no term ends on a free day, and none is shorter than its number of working days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instance import holiday
from instance.schema.hours import HolidaysModel
from tickets.complaints import tracking
from tickets.complaints.states import Terms, clock
from tickets.complaints.working_days import WorkingDays

WIB = ZoneInfo("Asia/Jakarta")
PLAIN = WorkingDays()
DAYS = st.dates(date(2025, 1, 1), date(2030, 1, 1))
MOMENTS = st.integers(0, 5 * 365 * 86400).map(lambda s: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
CALENDARS = st.builds(WorkingDays, st.frozensets(DAYS, max_size=60))


def wib(day: int, hour: int = 10, month: int = 11, year: int = 2026) -> datetime:
    """A moment of November 2026; the 23rd is a Monday."""
    return datetime(year, month, day, hour, tzinfo=WIB)


@pytest.mark.parametrize(
    ("filed", "days", "over"),
    [
        (wib(23), 1, wib(25, 0)),  # Monday: Tuesday is the one, it is over when Wednesday begins
        (wib(23, 0), 3, wib(27, 0)),
        (wib(27), 3, wib(3, 0, 12)),  # Friday: Monday, Tuesday, Wednesday
        (wib(28), 3, wib(3, 0, 12)),  # Saturday is as if it were Friday
        (wib(27, 23), 1, wib(1, 0, 12)),
        (wib(23), 10, wib(8, 0, 12)),
    ],
)
def test_terms_without_holidays(filed: datetime, days: int, over: datetime) -> None:
    """The day of the filing does not count; weekends do not either."""
    assert PLAIN.add(filed, days, WIB) == over


def test_the_zone_decides_which_day_it_is() -> None:
    """23.30 UTC on Thursday is Friday in Jepara."""
    assert PLAIN.add(datetime(2026, 11, 26, 23, 30, tzinfo=UTC), 1, WIB) == wib(1, 0, 12)


def test_the_indonesian_holidays_count() -> None:
    """Christmas 2026 is a Friday; collective leave counts where it is wished; hours.yaml mends both."""
    model = HolidaysModel.model_validate({"add": {"2026-12-28": "Hari jadi"}, "remove": ["2026-12-25"]})
    free = holiday.free_days(HolidaysModel(), cuti_bersama=False)
    assert WorkingDays(free).add(wib(24, month=12), 1, WIB) == wib(29, 0, 12)
    mended = WorkingDays(holiday.free_days(model, cuti_bersama=False))
    assert mended.add(wib(24, month=12), 1, WIB) == wib(26, 0, 12)
    assert not mended.is_working(date(2026, 12, 28))
    leave = {day.day for day in holiday.calendar() if day.cuti_bersama and day.day.year == 2026}
    assert leave
    assert leave <= holiday.free_days(HolidaysModel(), cuti_bersama=True)
    assert not leave & free - {day.day for day in holiday.calendar() if not day.cuti_bersama}


@given(CALENDARS, MOMENTS, st.integers(1, 30))
def test_a_term_holds_exactly_its_working_days(calendar: WorkingDays, moment: datetime, days: int) -> None:
    """It ends after a working day, with so many of them after the day of its begin; and it is left to the end."""
    due = calendar.add(moment, days, WIB)
    first, last = moment.astimezone(WIB).date(), (due - timedelta(microseconds=1)).date()
    assert calendar.is_working(last)
    assert calendar.between(first, last) == days
    assert calendar.left(moment, due, WIB) == days
    assert calendar.left(due - timedelta(microseconds=1), due, WIB) == 0
    assert calendar.left(due, due, WIB) == -1
    assert calendar.left(due + timedelta(days=9), due, WIB) < 0


@given(CALENDARS, MOMENTS, MOMENTS, st.integers(1, 20))
def test_who_files_earlier_is_due_no_later(calendar: WorkingDays, first: datetime, other: datetime, days: int) -> None:
    """And a longer term ends later."""
    early, late = sorted((first, other))
    assert calendar.add(early, days, WIB) <= calendar.add(late, days, WIB)
    assert calendar.add(early, days, WIB) < calendar.add(early, days + 1, WIB)


def test_no_term_without_a_day() -> None:
    """A term of nothing would be over before it began."""
    with pytest.raises(ValueError, match="a term has at least one working day, not 0"):
        PLAIN.add(wib(23), 0, WIB)


def complaint(**more: str | None) -> dict[str, str | None]:
    """A complaint of Monday."""
    return {"state": "masuk", "filed_at": wib(23).isoformat()} | more


@pytest.mark.parametrize(
    ("row", "waits", "now", "expected"),
    [
        (complaint(), None, wib(24), ("pass_on", 2, False)),
        (complaint(), None, wib(26, 23), ("pass_on", 0, False)),
        (complaint(), None, wib(27), ("pass_on", -1, True)),
        (complaint(), None, wib(30), ("pass_on", -2, True)),
        (complaint(state="diteruskan"), wib(25).isoformat(), wib(25), ("answer", 5, False)),
        (complaint(state="diteruskan"), wib(4, month=12).isoformat(), wib(4, month=12), ("done", 1, False)),
        (complaint(state="dijawab"), None, wib(8, month=12), ("done", -1, True)),
    ],
)
def test_the_term_that_ends_next(
    row: dict[str, str | None], waits: str | None, now: datetime, expected: tuple[str, int, bool]
) -> None:
    """Three days to pass on, five to answer, ten to the end."""
    term = clock(Terms(), now, row, waits)
    assert term is not None
    assert (term["what"], term["left"], term["late"]) == expected


@pytest.mark.parametrize("state", ["selesai", "ditolak", "darurat"])
def test_no_term_for_what_is_over_or_an_emergency(state: str) -> None:
    """An emergency is pushed by its ladder, not by working days."""
    assert clock(Terms(), wib(30), complaint(state=state), None) is None


@given(st.integers(0, 7), st.integers(0, 9))
def test_a_wrong_digit_or_a_swap_is_no_tracking_number(at: int, digit: int) -> None:
    """Every single error and every swap of neighbours."""
    number = tracking.new()
    assert (tracking.parse(number), len(number)) == (number, 8)
    assert tracking.parse(tracking.shown(number)) == number
    wrong = number[:at] + str(digit) + number[at + 1 :]
    assert wrong == number or tracking.parse(wrong) is None
    swapped = number[:at] + number[at + 1 : at + 2] + number[at] + number[at + 2 :]
    assert swapped == number or tracking.parse(swapped) is None


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "abcdefgh", "١٢٣٤٥٦٧٨", "-------"])
def test_what_is_no_tracking_number(text: str) -> None:
    """Other lengths, other letters, other digits."""
    assert tracking.parse(text) is None


@given(CALENDARS, MOMENTS, MOMENTS, st.integers(1, 12))
def test_a_term_is_over_where_it_began_before_a_moment(
    calendar: WorkingDays, begun: datetime, now: datetime, days: int
) -> None:
    """The bounds that the store compares with agree with the term of each complaint, whatever the holidays."""
    over = calendar.add(begun, days, WIB) <= now
    assert over == (begun < calendar.over_before(now, days, WIB))
