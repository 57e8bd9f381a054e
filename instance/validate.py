"""Validates documents; turns pydantic's errors into sentences at their place in the file."""

from __future__ import annotations

from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from instance.problems import one_of, quoted
from instance.yaml_marks import Document, Route

Model = TypeVar("Model", bound=BaseModel)
KINDS = {
    "dict_type": "kelompok (kunci: nilai)",
    "model_type": "kelompok (kunci: nilai)",
    "model_attributes_type": "kelompok (kunci: nilai)",
    "list_type": "daftar",
    "too_short": "paling sedikit satu isi",
}


def validated(model: type[Model], document: Document) -> Model | None:
    """Validate the document as `model`; None when it is wrong, with the reasons among its problems."""
    if document.data is None:
        if not document.problems:
            document.complain((), "berkas kosong", f"kunci {', '.join(_required(model))}")
        return None
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _complain(model, document, detail)
        return None


def _complain(model: type[BaseModel], document: Document, detail: ErrorDetails) -> None:
    kind, route = detail["type"], detail["loc"]
    if route and route[-1] == "[key]":
        route, at_key = route[:-1], True
    else:
        at_key = kind in ("extra_forbidden",)
    key = str(route[-1]) if route else ""
    if kind == "tanggap":
        fault, expected = detail["ctx"]["what"], detail["ctx"]["expected"]
    elif kind == "missing":
        fault, expected = f"kunci {quoted(key)} tidak ada{_inside(route[:-1])}", f'"{key}: …"'
        at_key, route = True, route[:-1]
    elif kind == "extra_forbidden":
        fault, expected = f"kunci {quoted(key)} tidak dikenal", one_of(key, _known_keys(model, route[:-1]))
    elif kind == "too_short":
        fault, expected = f"{quoted(key)} kosong", KINDS[kind]
    else:
        fault, expected = f"isi {_short(detail['input'])} tidak cocok{_inside(route)}", KINDS.get(kind, detail["msg"])
    document.complain(route, fault, expected, key=at_key)


def _inside(route: Route) -> str:
    return f" di {'.'.join(str(part) for part in route)}" if route else ""


def _short(value: object) -> str:
    names = {dict: "berupa kelompok", list: "berupa daftar", type(None): "kosong"}
    return names.get(type(value)) or quoted(value)


def _required(model: type[BaseModel]) -> list[str]:
    return [name for name, info in model.model_fields.items() if info.is_required()] or list(model.model_fields)


def _known_keys(model: type[BaseModel], route: Route) -> list[str]:
    """The keys that may stand at `route`."""
    here: Any = model
    for part in route:
        here = _step_in(here, part)
    here_model = _model_in(here)
    return list(here_model.model_fields) if here_model else []


def _step_in(here: Any, part: str | int) -> Any:
    for candidate in (here, *get_args(here)):
        if get_origin(candidate) in (dict, list):
            return get_args(candidate)[-1]
    model = _model_in(here)
    info = model.model_fields.get(str(part)) if model else None
    return info.annotation if info else None


def _model_in(here: Any) -> type[BaseModel] | None:
    for candidate in (here, *get_args(here)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
