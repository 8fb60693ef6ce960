"""What is wrong: rules and models over the figures, what they have found, and whether it was told."""

from adops_cli.data.alerts.explained import Explained, explain
from adops_cli.data.alerts.finding import Finding
from adops_cli.data.alerts.runs import Run, rules, run
from adops_cli.data.alerts.state import Known, ack, get, list

__all__ = ["Explained", "Finding", "Known", "Run", "ack", "explain", "get", "list", "rules", "run"]
