"""Tries each operation of the data API once, on a temporary database that the migrations create.

Owns the trials and the measured speeds; a speed is a figure and never fails. Touches no database but its own.
"""

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import peewee as pw

from adops_cli.care import on_server
from adops_cli.care.verify.check import Check
from adops_cli.data import campaigns, events, executions, metrics, projects, workflows
from adops_cli.database import bound
from adops_cli.errors import AdopsError, BadRequestError, ConflictError, words_of
from adops_cli.files import working_folder
from adops_cli.storage import schema
from adops_cli.storage.engines import postgres_url
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.handle import db
from adops_cli.storage.models import Event, Execution, Metrics, Project
from adops_cli.values import EXACT

_WRITERS = 4
_EACH = 25
_EVENTS = 1_000
_RUNS = 11
_DAYS = 100
_NESTED = {
    "text": 'Ü "quoted" \\ 中文 \U0001f600',
    "list": [1, 2.5, None, True, {"deep": []}],
    "empty": {},
    "big": EXACT,
}


@contextlib.contextmanager
def file_of(_engine: Engine) -> Iterator[str]:
    """The path of a temporary database file."""
    with working_folder("verify") as folder:
        yield str(folder / "trial.db")


@contextlib.contextmanager
def schema_of(engine: Postgres) -> Iterator[str]:
    """The URL of a temporary schema in the server's database, or a temporary file if the user cannot create one."""
    with contextlib.ExitStack() as stack:
        try:
            name = stack.enter_context(on_server.temporary(engine, "SCHEMA", "trial"))
        except AdopsError:
            yield stack.enter_context(file_of(engine))
            return
        yield postgres_url.with_parts(str(engine.database), options=f"-csearch_path={name}")


def checks(database: str, busy_timeout: float) -> Iterator[Check]:
    """Yield each trial when it is done, on a database created for the trials."""
    with bound(database, busy_timeout=busy_timeout, read_only=False):
        schema.migrate()
        for name, work in _TRIALS.items():
            yield _tried(name, work)
        yield from _speeds()


def _tried(name: str, work: Callable[[], str]) -> Check:
    """Run a trial. It looks for defects, so any error is a failed check."""
    try:
        return Check(name, "ok", work())
    except Exception as error:  # noqa: BLE001 - as above
        return Check(name, "failed", words_of(error))


def _require(holds: object, words: str) -> None:
    if not holds:
        raise AdopsError(words)


def _five_verbs(module: Any, changes: dict[str, Any], **fields: Any) -> str:
    """Create, get, list, update and delete one row."""
    made = module.create(**fields)
    (name, value) = next(iter(changes.items()))
    read = module.get(made.id)
    _require(read is not None, "a created row could not be read")
    _require(all(getattr(read, key) == given for key, given in fields.items()), "a row was not read as it was written")
    _require(made.id in {row.id for row in module.list(**{name: getattr(read, name)})}, "a list lacks a row")
    module.update(made.id, **changes)
    _require(getattr(module.find(made.id), name) == value, "an update was lost")
    _require(module.delete(made.id) == {"success": True}, "a row could not be deleted")
    _require(module.get(made.id) is None, "a deleted row is still there")
    return "create, get, list, update, delete"


def _projects() -> str:
    return _five_verbs(projects, {"status": "active"}, name="Trial", type="campaign", budget=Decimal("1234.56"))


def _executions() -> str:
    return _five_verbs(executions, {"status": "running"}, workflow_id="trial", params={"budget": 1})


def _campaigns() -> str:
    return _five_verbs(
        campaigns, {"status": "paused"}, name="Trial", platform="ttd", external_id="007", status="active"
    )


def _events() -> str:
    made = events.create(type="trial.made", payload={"n": 1})
    _require(made.id in {event.id for event in events.get_unprocessed()}, "an event was created as processed")
    events.mark_processed(made.id)
    _require(events.find(made.id).processed, "an event could not be marked as processed")
    _require([event.id for event in events.get_by_type("trial.made")] == [made.id], "a list lacks a row")
    _require(events.delete(made.id) == {"success": True} and events.get(made.id) is None, "it could not be deleted")
    return "create, get, list, mark as processed, delete"


def _workflows() -> str:
    workflows.register(id="trial", name="Trial", category="tests")
    first = workflows.find("trial")
    workflows.register(id="trial", name="Trial again")
    again = workflows.find("trial")
    _require((again.name, again.created_at) == ("Trial again", first.created_at), "registering again failed")
    workflows.set_enabled("trial", enabled=False)
    _require(not workflows.get_all_enabled(), "a workflow could not be disabled")
    _require(workflows.get_by_category("tests")[0].id == "trial", "a list lacks a row")
    _require(workflows.delete("trial") == {"success": True} and workflows.get("trial") is None, "it was not deleted")
    return "register, get, list, disable, delete"


def _metrics() -> str:
    campaign = campaigns.create(name="Trial", platform="ttd")
    figures = {"impressions": 10_000, "clicks": 250, "conversions": 10, "spend": 500, "revenue": 1_000}
    metrics.record_metrics(campaign.id, "2026-02-10", **figures)
    metrics.record_metrics(campaign.id, "2026-02-10", spend=1_000)
    metrics.record_metrics(campaign.id, "2026-02-11", impressions=0, clicks=0)
    newest, older = metrics.get_metrics(campaign.id)
    _require((newest.ctr, newest.roas) == (None, None), "a ratio over nothing is not null")
    found = (older.ctr, older.cpc, older.cpa, older.roas)
    _require(found == (Decimal("0.025"), 4, 100, 1), f"calculated fields are {found}")
    _require(metrics.aggregate([campaign.id])[0].spend == figures["spend"] * 2, "a sum is wrong")
    campaigns.delete(campaign.id)
    _require(not Metrics.select().exists(), "figures were kept after their campaign was deleted")
    return "record, change, read, sum, calculated fields"


def _soft_delete() -> str:
    made = projects.create(name="Trial", type="campaign")
    run = executions.create(workflow_id="trial", project_id=made.id)
    _require(projects.delete(made.id) == {"success": True}, "it could not be deleted")
    _require(projects.delete(made.id) == {"success": False}, "it could be deleted twice")
    _require(projects.get(made.id) is None and not projects.list(), "a deleted project is shown")
    _require(executions.find(run.id).project_id == made.id, "an execution lost its project")
    _require(
        projects.list(include_deleted=True) and projects.restore(made.id).deleted_at is None, "it could not be restored"
    )
    return "hidden, kept, restored"


def _json() -> str:
    made = projects.create(name="Trial", type="campaign", metadata=_NESTED, milestones=[])
    read = projects.find(made.id)
    _require(read.metadata == _NESTED, f"another value was read: {read.metadata}")
    _require(read.milestones == [] and read.artifacts is None, "an empty list and null are not distinguished")
    return "nested values are read as they were written"


def _constraints() -> str:
    """Try the constraints of the data API, and those of the database behind it."""
    made = campaigns.create(name="Trial", platform="ttd", external_id="1")
    day = {"campaign": made.id, "date": "2026-01-01"}
    unknown: Any = "trial"
    for kind, error, refused in (
        ("an id that is taken", ConflictError, lambda: campaigns.create(id=made.id, name="Trial", platform="ttd")),
        ("a key that is taken", ConflictError, lambda: campaigns.create(name="T", platform="ttd", external_id="1")),
        ("a reference to an unknown row", ConflictError, lambda: executions.create(workflow_id="w", project_id="none")),
        ("an unknown status", BadRequestError, lambda: projects.create(name="T", type="t", status=unknown)),
        ("a row without a name", BadRequestError, lambda: projects.create(type="t")),
        ("a dangling reference", ConflictError, lambda: Event.insert(id="t", type="t", project="none").execute()),
        ("the same day twice", ConflictError, lambda: Metrics.insert_many([day, day]).execute()),
        ("null for a name", ConflictError, lambda: db.execute_sql("UPDATE campaigns SET name = NULL")),
    ):
        _refused(kind, error, refused)
    campaigns.delete(made.id)
    return "unique keys, references, closed sets, required values"


def _refused(kind: str, error: type[AdopsError], work: Callable[[], Any]) -> None:
    try:
        work()
    except error:
        return
    raise AdopsError(f"{kind} was not refused")


def _concurrent_writes() -> str:
    def write(writer: int) -> None:
        with contextlib.closing(db):
            for place in range(_EACH):
                events.create(type="trial.concurrent", source=f"writer-{writer}", payload={"place": place})

    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(write, range(_WRITERS)))
    written = len(events.get_by_type("trial.concurrent"))
    _require(written == _WRITERS * _EACH, f"{_WRITERS * _EACH - written} of {_WRITERS * _EACH} rows were lost")
    return f"{_WRITERS} connections wrote {_EACH} rows each, none lost"


_TRIALS = {
    "CRUD projects": _projects,
    "CRUD executions": _executions,
    "CRUD events": _events,
    "CRUD workflows": _workflows,
    "CRUD campaigns": _campaigns,
    "CRUD metrics": _metrics,
    "soft delete": _soft_delete,
    "JSON round trip": _json,
    "constraints": _constraints,
    "concurrent writes": _concurrent_writes,
}


def _speeds() -> Iterator[Check]:
    """Measure the speeds in the guide's benchmark table."""
    began = time.perf_counter()
    for place in range(_EVENTS):
        events.create(type="trial.speed", source="verify", payload={"place": place})
    rate = Decimal(round(_EVENTS / (time.perf_counter() - began)))
    yield Check("speed: insert", "figure", f"{_EVENTS:,} events one by one", rate, "rows/s")
    project = projects.create(name="Trial", type="campaign")
    campaign = campaigns.create(name="Trial", platform="ttd", project_id=project.id)
    for _ in range(10):
        executions.create(workflow_id="trial", project_id=project.id)
    first = date(2026, 1, 1)
    for place in range(_DAYS):
        metrics.record_metrics(campaign.id, first + timedelta(days=place), impressions=place, spend=place)
    for name, detail, ask in (
        ("speed: simple query", "1 project", lambda: projects.get(project.id)),
        ("speed: query with joins", "10 executions", _with_projects),
        ("speed: aggregate", f"{_DAYS} metrics", lambda: metrics.aggregate([campaign.id])),
    ):
        yield Check(name, "figure", f"{detail}, median of {_RUNS}", _milliseconds(ask), "ms")


def _with_projects() -> Any:
    joined: Any = Execution.select(Execution, Project).join(Project, pw.JOIN.LEFT_OUTER)
    return list(joined.order_by(Execution.created_at.desc()).limit(10))


def _milliseconds(work: Callable[[], Any]) -> Decimal:
    times = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return Decimal(statistics.median(times) * 1000).quantize(Decimal("0.01"))
