"""Parses JSON text, of stored values and of old files. A `ValueError` for everything that is not JSON."""

import json
import math
from typing import Any


def refuse_constant(constant: str) -> None:
    """Raise a `ValueError` for NaN and Infinity."""
    raise ValueError(f"{constant} is not a JSON value")


def _finite(written: str) -> float:
    """The number. One such as 1e999 is infinite for Python, which would write it as `Infinity`."""
    number = float(written)
    if math.isinf(number):
        raise ValueError(f"{written} is out of range")
    return number


JSON_DECODER = json.JSONDecoder(parse_constant=refuse_constant, parse_float=_finite)


def parsed_json(written: str, decoder: json.JSONDecoder = JSON_DECODER) -> Any:
    """The value of JSON text. NaN and Infinity are refused, because JSON does not have them."""
    try:
        return decoder.decode(written)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
