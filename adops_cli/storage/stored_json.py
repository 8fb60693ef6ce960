"""Parses JSON text, of stored values and of old files. A `ValueError` for everything that is not JSON."""

import json
from typing import Any


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON value")


JSON_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def parsed_json(written: str, decoder: json.JSONDecoder = JSON_DECODER) -> Any:
    """The value of JSON text. NaN and Infinity are refused, because JSON does not have them."""
    try:
        return decoder.decode(written)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
