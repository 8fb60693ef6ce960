"""Workflows: registering, enabling and disabling."""

import pytest

from adops_cli.data import workflows
from adops_cli.errors import BadRequestError, NotFoundError

pytestmark = pytest.mark.usefixtures("bound")


def test_registering_twice_updates_and_keeps_when_it_was_made() -> None:
    first = workflows.register(
        id="create-campaign", name="Create Campaign", category="campaign-management", config={"stages": ["a"]}
    )
    again = workflows.register(
        id="create-campaign", name="Create Campaign 2", version="2.0.0", created_at="2020-01-01T00:00:00Z"
    )

    assert (again.name, again.version, again.category) == ("Create Campaign 2", "2.0.0", "campaign-management")
    assert again.created_at == first.created_at
    assert again.config == {"stages": ["a"]}
    assert len(workflows.list()) == 1


def test_only_a_workflow_with_an_id_and_a_name_is_registered() -> None:
    with pytest.raises(BadRequestError, match="id is missing"):
        workflows.register(name="x")
    with pytest.raises(BadRequestError, match="name is missing"):
        workflows.register(id="x")
    with pytest.raises(BadRequestError, match="workflow has no field 'nmae'"):
        workflows.register(id="x", nmae="y")  # type: ignore[call-arg]
    assert workflows.list() == []


def test_workflows_are_found_by_category_and_by_whether_they_are_on() -> None:
    workflows.register(id="a", name="A", category="reporting")
    workflows.register(id="b", name="B", category="reporting", enabled=False)
    workflows.register(id="c", name="C")

    assert {row.id for row in workflows.get_by_category("reporting")} == {"a", "b"}
    assert {row.id for row in workflows.get_all_enabled()} == {"a", "c"}
    assert workflows.set_enabled("a", False).enabled is False
    assert {row.id for row in workflows.list(enabled=False)} == {"a", "b"}
    assert [row.id for row in workflows.list(name="C")] == ["c"]
    with pytest.raises(NotFoundError):
        workflows.set_enabled("d", True)


def test_delete_is_for_good() -> None:
    workflows.register(id="a", name="A")

    assert workflows.delete("a") == {"success": True}
    assert workflows.delete("a") == {"success": False}
    assert workflows.get("a") is None
