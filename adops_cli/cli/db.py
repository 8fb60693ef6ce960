"""`adops db`: what concerns the database as a whole."""

import typer

from adops_cli.cli.db_import import import_json

app = typer.Typer(help="The database: migrate it, back it up, fill it.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """The database: migrate it, back it up, fill it."""


app.command("import-json")(import_json)
