"""The tools: which command answers which question, with which of its options, and what a model is told of it.

An argument is an option of the command, spelled with `_` for `-`. Only the options named here can be given: none of
them reads or writes a file, or starts a program.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adops_cli.errors import BadRequestError

MOST_ROWS = 1_000
"""The largest limit."""
_WINDOW = ("since", "until", "period")
_OF = ("platform", "project", "status")
_KNOWN = ("as_of", "as_closed")


@dataclass(frozen=True)
class CommandLine:
    """The command line that is asked, without its own modules, which lead to this one."""

    run: Callable[[Sequence[str]], int]
    """Runs one, and returns its exit code."""
    load: Callable[..., Any]
    """The command of a name, or the group of a name with its command of another."""
    given: Sequence[str] = ()
    """The options before the command that the server was started with."""


@dataclass(frozen=True)
class Tool:
    """A question that can be asked."""

    name: str
    command: tuple[str, ...]
    """The words of the command that answers it."""
    about: str
    """What a model is told of it."""
    arguments: tuple[str, ...]
    """The options and arguments of the command that can be given."""
    fixed: tuple[str, ...] = ()
    """Options that come before those that are given."""
    limit: int = 100
    """The number of rows, if no other is asked for."""
    inner: str = ""
    """The key of a list in each row that is limited in place of the rows."""
    endless: bool = False
    """Whether there can be more rows than anybody can count. Then the command stops after the limit."""

    def parameters(self, line: CommandLine) -> Mapping[str, Any]:
        """Typer's parameters of the command by the names of the arguments, in the order of `arguments`."""
        group, *name = self.command
        command = line.load(group, *name)
        found = {_name_of(one): one for one in (command.commands[name[0]] if name else command).params}
        return {name: found[name] for name in self.arguments}

    def schema(self, line: CommandLine) -> dict[str, Any]:
        """What arguments there are, as JSON Schema."""
        parameters = self.parameters(line)
        limit = {
            "type": "integer",
            "minimum": 1,
            "maximum": MOST_ROWS,
            "default": self.limit,
            "description": "Give at most this many rows; `truncated` and `total` say what was left out.",
        }
        return {
            "type": "object",
            "properties": {name: _described(one) for name, one in parameters.items()} | {"limit": limit},
            "required": [name for name, one in parameters.items() if one.required or _is_argument(one)],
            "additionalProperties": False,
        }

    def limit_of(self, arguments: Mapping[str, Any]) -> int:
        """How many rows are asked for. `BadRequestError` if it is no number of rows that can be given."""
        limit = arguments.get("limit")
        if limit is None:
            return self.limit
        if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST_ROWS:
            raise BadRequestError(f"limit is {limit!r}", f"Give a number of rows from 1 to {MOST_ROWS}")
        return limit

    def words(self, line: CommandLine, arguments: Mapping[str, Any]) -> list[str]:
        """The words of a command line. `BadRequestError` for an argument that it has no option for."""
        known = self.parameters(line)
        if unknown := arguments.keys() - {*known, "limit"}:
            raise BadRequestError(
                f"{self.name} has no argument {min(unknown)!r}", f"They are {', '.join((*known, 'limit'))}"
            )
        options, positional = list(self.fixed), list[str]()
        if self.endless:
            options.append(f"--limit={self.limit_of(arguments) + 1}")
        for name, one in known.items():
            for word in _words(name, one, arguments.get(name)):
                (positional if _is_argument(one) else options).append(word)
        return [*line.given, "--read-only", *self.command, "--format=ndjson", *options, "--", *positional]


def _name_of(parameter: Any) -> str:
    return str(parameter.opts[0]).lstrip("-").replace("-", "_")


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _described(parameter: Any) -> dict[str, Any]:
    """A parameter as JSON Schema."""
    kind: dict[str, Any] = {"type": "integer" if parameter.type.name.startswith("int") else "string"}
    if choices := getattr(parameter.type, "choices", None):
        kind["enum"] = [*choices]
    if getattr(parameter, "is_flag", False):
        kind = {"type": "boolean"}
    elif getattr(parameter, "multiple", False):
        kind = {"type": "array", "items": kind}
    default = {} if parameter.default in (None, False) else {"default": parameter.default}
    return kind | {"description": parameter.help} | default


def _words(name: str, parameter: Any, value: Any) -> Iterator[str]:
    """A value as words of the command line: joined to its option, so that no value can be taken for an option."""
    option = parameter.opts[0]
    if value is None:
        return
    if getattr(parameter, "is_flag", False) and isinstance(value, bool):
        yield from (option,) * value
        return
    for one in value if isinstance(value, list) and getattr(parameter, "multiple", False) else [value]:
        if not isinstance(one, str | int | float) or isinstance(one, bool):
            raise BadRequestError(f"{name} cannot be {type(one).__name__}", "Its description says what to give")
        yield str(one) if _is_argument(parameter) else f"{option}={one}"


TOOLS = (
    Tool(
        "report",
        ("metrics", "report"),
        "Sum up the figures of campaigns by platform, project, campaign, day, week or month. Each group has one row "
        "per currency; amounts of different currencies must not be added. `days` is how many days have figures.",
        ("by", *_WINDOW, *_OF, "campaign", "also", *_KNOWN, "estimate", "with_openness"),
    ),
    Tool(
        "top",
        ("metrics", "top"),
        "Rank campaigns by a figure or a ratio, the best first (for cpc and cpa the lowest is best), or the worst "
        "first with `bottom`. A ratio without a denominator is null and comes last. Use min_spend or min_impressions "
        "to leave out campaigns that are too small for their ratio to mean much.",
        (
            *("by", "bottom", *_WINDOW, *_OF, "min_spend", "min_impressions", "min_conversions"),
            *(*_KNOWN, "estimate", "with_openness"),
        ),
        fixed=("--limit=0",),
        limit=10,
    ),
    Tool(
        "compare",
        ("metrics", "report"),
        "Sum up figures by group beside an earlier window. Each row has, beside the figures of the window, `before`, "
        "`difference` (now - before), `changePercent` (null where before is 0 or unknown), `daysBefore`, and, for ctr "
        "and cvr, whether the change is more than chance explains (`significant`). A notice says which windows were "
        "compared, and whether days are missing in them.",
        ("compare", "same_age", "by", *_WINDOW, *_OF, "campaign", "also", *_KNOWN, "with_openness"),
        fixed=("--compare=auto",),
    ),
    Tool(
        "movers",
        ("metrics", "movers"),
        "Explain why a total or a ratio has moved between two windows: a row per currency with `before`, `now`, "
        "`difference` and `rows`, the campaigns by the size of their contribution. The contributions of all campaigns "
        "add up to the difference, of which `share` is a fraction. That of a ratio is split: `rate` is what a "
        "campaign's own ratio has moved, `mix` what its share of the denominator has, `entry` what comes of a campaign "
        "without a denominator on one side. `limit`, `total` and `truncated` are about the campaigns.",
        ("by", "compare", "same_age", *_WINDOW, *_OF, "campaign", "as_of"),
        limit=20,
        inner="rows",
    ),
    Tool(
        "pacing",
        ("metrics", "pacing"),
        "Compare the spend with the budgets of a month, the worst first. paceIndex = spent / expected, so 1 is on "
        "plan; perDayNow is the spend per day of late, perDayNeeded what it takes to end on budget; projectedEnd is "
        "the spend at the end of the flight if it goes on like this, and `state` judges that.",
        ("by", "month", "platform", "project", "tolerance"),
    ),
    Tool(
        "gaps",
        ("metrics", "gaps"),
        "List what is missing in the figures: days between others of an account (missing_day), accounts without newer "
        "days (stale), campaigns without further figures (stopped), days that only a partial file has set (partial). "
        "No rows means that nothing is missing. Ask this before you explain a fall.",
        (*_WINDOW, "platform", "account", "project", "max_age"),
    ),
    Tool(
        "alerts",
        ("alerts", "look"),
        "Find what is wrong by yesterday, the worst first: stale accounts, missing days, campaigns that do not spend, "
        "impossible figures, late restatements, and what models of weekdays and drifts do not expect. `atStake` is the "
        "money that it is about. `told` and `acknowledged` say what people know of already. A rule of one's own is a "
        "figure or ratio, a comparison, a number and a window, as in 'roas < 1.5 over 7d where spend > 100 by "
        "campaign' (or account, platform, project). Without `rule`, all rules are asked. Nothing is remembered.",
        ("rule", "models_for", "min_spend"),
    ),
    Tool(
        "history",
        ("metrics", "history"),
        "List what has changed a campaign's figures of one day, newest first: each import or edit with its batch id "
        "(importId), its time, the file, and the figures `before` and `after` it, in the campaign's currency, which "
        "`report` by campaign shows.",
        ("campaign", "day"),
    ),
    Tool(
        "sql",
        ("sql",),
        "Answer one SQL statement that only reads, for what no other tool answers. The views daily (a row per campaign "
        "and day, with `day`), monthly (`month` as 2026-02, `days`) and lifetime (`first_day`, `last_day`, `days`) "
        "have the columns campaign_id, campaign, platform, external_id, project_id, project, account, currency, "
        "impressions, clicks, conversions, spend, revenue, ctr, cpc, cpa, cvr, roas. Always group amounts by currency, "
        "and make a ratio of sums, never an AVG of ratios. Write a value as :name and give it in `param` as "
        "name=value. `openness`, `closes` and `batches` are those of the whole book, whatever the statement asks. If "
        "the result is truncated, `total` is null: let the statement count.",
        ("statement", "param"),
        fixed=("--timeout=30",),
        endless=True,
    ),
)
BY_NAME = {tool.name: tool for tool in TOOLS}
