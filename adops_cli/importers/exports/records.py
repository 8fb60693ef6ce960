"""JSON and NDJSON as rows of cells: where the records are, the names they have, and the records themselves.

Read are a list of records, an object that holds one (`data`, `results`, or another that looks like an ads report), a
list of such objects (the pages of Google's searchStream), and NDJSON of records or of pages. Objects within a record
become dotted names (`metrics.costMicros`), lists stay lists, null is "", true and false are text. A number is an int
or a Decimal with every digit it has; NaN and Infinity, which JSON does not know but Python writes, are text.

The first row names the columns: everything that any record has, in the order of first appearance. Finding that out
takes a pass over the file of its own. Knows no name's meaning.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from adops_cli.importers.exports.encoding import Encoding
from adops_cli.importers.exports.export import Refusal, RefusedError
from adops_cli.importers.exports.jsonstream import JsonStream
from adops_cli.importers.exports.source import Source
