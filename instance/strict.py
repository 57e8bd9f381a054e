"""The base of every model of the YAML files."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Strict(BaseModel):
    """Every key known; a group or list without any content is as if it were not there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def without_nothing(cls, value: Any) -> Any:
        """Drop empty groups and lists; an empty word stays, and its reader complains of it."""
        if not isinstance(value, dict):
            return value
        empty = [name for name, info in cls.model_fields.items() if isinstance(info.default, dict | list | BaseModel)]
        return {key: item for key, item in value.items() if item is not None or key not in empty}
