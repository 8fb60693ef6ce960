"""A JSON text read piece by piece: one value, one member of an object, one item of a list at a time.

The standard library's decoder works on whole texts, so this keeps a window of the file for it and moves on when a
value is complete. Exact numbers, NaN as text, no value longer than the window may grow, no deep nesting: what is too
much is broken. (ijson, the known library for this, takes neither NaN nor Infinity, and was slower.) Knows JSON alone.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, TextIO

_CHUNK = 1 << 20
_VALUE_LIMIT = 10 << 20
"""Characters of the longest value that is taken in one piece."""
_LONGEST_SCALAR = 4096
_DEEPEST = 100
_BLANK = re.compile(r"[ \t\n\r]*")


class BrokenJsonError(ValueError):
    """The text is not JSON, or ends too early; the message completes "line 7: ..."."""
