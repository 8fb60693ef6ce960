"""The data API: one module per entity, each function one request.

    from adops_cli import database
    from adops_cli.data import metrics, projects

    with database.bound():
        projects.create(name="Spring launch", type="campaign")

Functions open their own transactions (`database.db.atomic()` around several calls makes them one), raise
`AdopsError`s, and neither print nor ask. Rows are model instances, reports are frozen dataclasses, with `to_dict()`.
What can be given is in `inputs`. Export files are imported by `importers.imports`, above this room.

Other programs may store values that cannot be read. A list, a report or an export leaves such a row out, with an
`errors.UnreadableRowWarning` that has its table, its id and what is wrong. `get`, `find` and functions that change a
row raise an `errors.UnreadableRowError`. `warnings.simplefilter("error", UnreadableRowWarning)` turns the warnings into
errors.
"""
