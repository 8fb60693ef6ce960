"""What stands behind a finding: its rule's formula, and the numbers in it."""

from dataclasses import dataclass, fields

from adops_cli.data.alerts import runs, state
from adops_cli.data.alerts.state import Known


@dataclass(frozen=True, repr=False)
class Explained(Known):
    """A finding with the formula of its rule."""

    formula: str = ""


def explain(id: str) -> Explained:
    """A finding with the formula and the numbers behind it. `NotFoundError` with similar ids."""
    known = state.get(id)
    own = {one.name: getattr(known, one.name) for one in fields(known)}
    return Explained(**own, formula=runs.formula_of(known.rule))
