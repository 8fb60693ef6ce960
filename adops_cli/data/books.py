"""Closed periods: close one, reopen it, see what it says and what has changed since, and find whatever was altered."""

from adops_cli.data.closes.adjustments import Adjustment, adjustments
from adops_cli.data.closes.closing import close, reopen
from adops_cli.data.closes.official import closed_days
from adops_cli.data.closes.statement import Statement, get, list
from adops_cli.data.closes.verify import Altered, verify

__all__ = [
    "Adjustment",
    "Altered",
    "Statement",
    "adjustments",
    "close",
    "closed_days",
    "get",
    "list",
    "reopen",
    "verify",
]
