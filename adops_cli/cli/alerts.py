"""`adops alerts`: what is wrong, made for cron."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from adops_cli import periods, render
from adops_cli.cli import notify
from adops_cli.cli.listing import listing
from adops_cli.cli.options import CsvSafeOption, FormatOption
from adops_cli.cli.proof import proven
from adops_cli.errors import ExitCode
from adops_cli.periods import ONE_DAY
from adops_cli.render import EVERYTHING, Column, Format, Kind, View, lines

if TYPE_CHECKING:
    from adops_cli.data.alerts import Run

app = typer.Typer(
    help="What is wrong: rules, findings, models.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (
    Column("id", "Id", weight=2, needs="message"),
    Column("rule", "Rule", weight=6),
    Column("severity", "Severity", weight=8),
    Column("scope", "Scope", weight=0),
    Column("platform", "Platform", weight=0),
    Column("campaignId", "Campaign", weight=0),
    Column("name", "Name", weight=0),
    Column("currency", "Cur.", weight=1),
    Column("figure", "Figure", weight=0),
    Column("from", "From", Kind.DAY, weight=0),
    Column("to", "To", Kind.DAY, weight=0),
    Column("value", "Value", Kind.QUANTITY, weight=0),
    Column("expected", "Expected", Kind.QUANTITY, weight=0),
    Column("atStake", "At stake", Kind.MONEY, weight=7, needs="currency"),
    Column("since", "Since", Kind.DAY, weight=5),
    Column("firstSeen", "First seen", Kind.INSTANT, weight=0),
    Column("told", "Told", Kind.INSTANT, weight=0),
    Column("message", "Finding", Kind.PROSE, weight=10),
)
_ACKNOWLEDGED = Column("acknowledged", "Acknowledged", Kind.INSTANT, weight=0)
SEEN = (*COLUMNS[:-1], _ACKNOWLEDGED, COLUMNS[-1])
LISTED = (
    Column("id", "Id", weight=2),
    Column("state", "State", weight=9),
    *COLUMNS[1:-2],
    Column("lastSeen", "Last seen", Kind.INSTANT, weight=4),
    Column("told", "Told", Kind.INSTANT, weight=3),
    _ACKNOWLEDGED,
    Column("ended", "Ended", Kind.INSTANT, weight=0),
    COLUMNS[-1],
)
EXPLAINED = (
    *LISTED,
    Column("formula", "Formula", Kind.PROSE),
    Column("numbers", "Numbers", Kind.JSON),
)
RULES = (
    Column("rule", "Rule", weight=10),
    Column("kind", "Kind", weight=4),
    Column("severity", "Severity", weight=6),
    Column("on", "On", Kind.FLAG, weight=8),
    Column("formula", "Formula", Kind.PROSE, weight=9),
)


RulesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="RULE",
        help="Only this rule: the name of a ready-made one, or a threshold; can be repeated.",
        show_default=False,
    ),
]
ModelsForOption = Annotated[
    int, typer.Option(min=0, metavar="N", help="How many campaigns, the largest by spend, the models look at.")
]
MinSpendOption = Annotated[str, typer.Option(metavar="AMOUNT", help="What must be at stake for the models to tell it.")]


@app.callback()
def group() -> None:
    """What is wrong: rules, findings, models."""


@app.command(epilog="Example: adops alerts run --rule 'roas < 1.5 over 7d where spend > 100 by campaign'")
@listing
def run(
    rules: RulesOption = None,
    models_for: ModelsForOption = 200,
    min_spend: MinSpendOption = "0",
    again: Annotated[
        bool, typer.Option("--again", help="Tell findings again that were told before, or acknowledged.")
    ] = False,
    notify_command: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Give the findings to this command, as JSON on its stdin. It is run without a shell.",
            show_default=False,
        ),
    ] = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """Find what is wrong by yesterday.

    The exit code is 3 if a finding is printed. A finding that was told stays quiet until its severity changes or twice
    as much is at stake. The rules are the ready-made ones (`alerts rules`) and those in the table [alerts] of the
    settings. A threshold is a figure or ratio, a comparison (<, <=, >, >=, =), a number and a window; `where` adds
    conditions, joined by `and`; `by campaign`, `account`, `platform` or `project` asks it of each.
    """
    from adops_cli.data import alerts  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.storage.handle import current  # noqa: PLC0415 - as above

    current().require_writable()
    words = notify.words_of(notify_command)
    done = alerts.run(rules, models_for=models_for, min_spend=min_spend, again=again)
    if not done.findings and format is Format.AUTO:
        view = replace(view, header=False)  # cron mails every output, a lone heading, too
    render.rows(done.findings, COLUMNS, format, csv_safe=csv_safe, view=view)
    for what in done.unknown:
        render.notice(f"Unknown: {what}.")
    if done.quiet:
        render.notice(f"Quiet, as told before: {render.counted(done.quiet, 'finding')}. --again tells all.")
    _tell(done, words)
    raise typer.Exit(ExitCode.FINDINGS if done.findings else ExitCode.DONE)


def _tell(done: "Run", command: Sequence[str]) -> None:
    """Remember the findings as told once they are: printed, and taken by the command. Otherwise, only as found."""
    is_told = False
    try:
        sys.stdout.flush()
        if command and done.findings:
            notify.tell(command, "".join(lines.json(done.findings, COLUMNS)))
        is_told = True
    finally:
        done.keep(told=is_told)


@app.command(epilog="Example: adops alerts look --rule cpa_up")
@listing
def look(
    ctx: typer.Context,
    rules: RulesOption = None,
    models_for: ModelsForOption = 200,
    min_spend: MinSpendOption = "0",
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """Find what is wrong, and remember nothing.

    The same as `alerts run --again`, also on a database that is opened read-only: no finding counts as told. The exit
    code is 3 if there is one.
    """
    from adops_cli.data import alerts  # noqa: PLC0415 - keeps Peewee out of --help

    seen = alerts.look(rules, models_for=models_for, min_spend=min_spend)
    view = proven(ctx, view, {"end_date": periods.today(ctx.obj.timezone) - ONE_DAY})
    render.rows(seen.findings, SEEN, format, csv_safe=csv_safe, view=view)
    for what in seen.unknown:
        render.notice(f"Unknown: {what}.")
    raise typer.Exit(ExitCode.FINDINGS if seen.findings else ExitCode.DONE)


@app.command("list", epilog="Example: adops alerts list")
@listing
def list_(format: FormatOption = Format.AUTO, csv_safe: CsvSafeOption = False, view: View = EVERYTHING) -> None:
    """List findings.

    Those that last come first. A finding is open, acknowledged, or ended.
    """
    from adops_cli.data import alerts  # noqa: PLC0415 - keeps Peewee out of --help

    render.rows(alerts.list(), LISTED, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops alerts ack find-2f1c0d9a8b7e65")
def ack(ids: Annotated[list[str], typer.Argument(metavar="ID…", help="The findings.", show_default=False)]) -> None:
    """Acknowledge findings.

    They stay quiet for as long as they last.
    """
    from adops_cli.data import alerts  # noqa: PLC0415 - keeps Peewee out of --help

    for one in alerts.ack(ids):
        render.notice(f"Acknowledged {one.id}: {one.message}.")


@app.command(epilog="Example: adops alerts rules")
@listing
def rules(format: FormatOption = Format.AUTO, csv_safe: CsvSafeOption = False, view: View = EVERYTHING) -> None:
    """List the rules.

    Those that are ready-made and those of the settings, with their formulas.
    """
    from adops_cli.data import alerts  # noqa: PLC0415 - keeps Peewee out of --help

    render.rows(alerts.rules(), RULES, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops alerts explain find-2f1c0d9a8b7e65")
def explain(
    id: Annotated[str, typer.Argument(metavar="ID", help="The finding.", show_default=False)],
    format: FormatOption = Format.AUTO,
) -> None:
    """Explain a finding."""
    from adops_cli.data import alerts  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(alerts.explain(id), EXPLAINED, format)
