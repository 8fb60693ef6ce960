"""The data API: one module per entity, each function one request.

    from adops_cli import database
    from adops_cli.data import metrics, projects

    with database.bound():
        projects.create(name="Spring launch", type="campaign")

Functions open their own transactions (`database.db.atomic()` around several makes them one), raise `AdopsError`s, and
neither print nor ask. Rows are model instances, reports frozen dataclasses.

Other programs may write what no column of ours can hold. A list, a report or an export leaves such a row out, and warns
with an `errors.UnreadableRowWarning`, which has its table, its id and what is wrong; `get`, `find` and what changes a
row raise an `errors.UnreadableRowError`. `warnings.simplefilter("error", UnreadableRowWarning)` makes errors of all.
"""
