"""The file hours.yaml: opening hours, special days, holidays, and after hours."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from instance.fields import WINDOWS_SCHEMA, Bool, Date, Listed, Name, Weekday, Windows, WindowsOrUsual, seconds
from instance.strict import Strict


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
