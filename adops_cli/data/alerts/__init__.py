"""What is wrong: rules and models over the figures, what they have found, and whether it was told."""

from adops_cli.data.alerts.explained import Explained, explain
from adops_cli.data.alerts.finding import Finding
from adops_cli.data.alerts.runs import Look, Run, look, rules, run
from adops_cli.data.alerts.state import Known, ack, get, list

__all__ = ["Explained", "Finding", "Known", "Look", "Run", "ack", "explain", "get", "list", "look", "rules", "run"]
