"""`help` on a module of the data API shows every function that it offers, wherever that is written."""

import inspect
import pydoc
from types import ModuleType

import pytest

from adops_cli.data import campaigns, events, executions, imports, metrics, projects, reports, trends, workflows

MODULES = [campaigns, events, executions, imports, metrics, projects, reports, trends, workflows]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_help_lists_every_public_function(module: ModuleType) -> None:
    written = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and inspect.isfunction(value) and value.__module__ == module.__name__
    }
    text = pydoc.plain(pydoc.render_doc(module))

    assert written <= set(module.__all__)
    for name in module.__all__:
        assert f"\n    {name}(" in text or f"\n    {name} = " in text or f"class {name}(" in text, name
        assert inspect.getdoc(getattr(module, name))


def test_help_on_metrics_lists_what_the_guide_has_there() -> None:
    assert "\n    get_top_performers(" in pydoc.plain(pydoc.render_doc(metrics))
