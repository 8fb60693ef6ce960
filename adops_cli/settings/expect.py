"""What the accounts are expected to report: the table `[expect]` of the settings. Reads nothing.

```toml
[expect.google-ads]                 # every account of the platform
max_age = "3d"

[expect.google-ads."123-456-7890"]  # one of them, key by key before the platform
days = ["mon", "tue", "wed", "thu", "fri"]

[expect.ttd.old-advertiser]
retired = true
```
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adops_cli import values
from adops_cli.periods import whole_days

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEYS = ("days", "max_age", "retired")


@dataclass(frozen=True)
class Expectation:
    """What one account is expected to report. None leaves it to what the account has done before."""

    days: frozenset[int] | None = None
    """The days of the week that it reports, by their numbers; Monday is 0."""
    max_age: int | None = None
    """In days."""
    retired: bool = False
    """Whether no further report is expected."""


def expectation(expect: Mapping[str, Any], platform: str, account: str | None) -> Expectation:
    """What the settings expect of an account."""
    of_platform = expect.get(values.platform(platform), {})
    rules = {key: rule for key, rule in of_platform.items() if not isinstance(rule, dict)}
    rules |= of_platform.get(account, {}) if isinstance(of_platform.get(account), dict) else {}
    days = rules.get("days")
    return Expectation(
        days=None if days is None else frozenset(range(7) if days == "daily" else map(WEEK.index, days)),
        max_age=None if "max_age" not in rules else whole_days(rules["max_age"]),
        retired=rules.get("retired", False),
    )


def table(value: Any) -> dict[str, Any]:
    """The table of a file, with the platforms by the names that campaigns have. `ValueError` if it is wrong."""
    if not isinstance(value, dict):
        raise ValueError("must be a table: write it into a settings file, as [expect.google-ads]")
    found: dict[str, Any] = {}
    for written, rules in value.items():
        name = values.platform(written)
        if not isinstance(rules, dict):
            raise ValueError(f"must have a table for each platform, as [expect.google-ads], not {written} = {rules!r}")
        if name in found:
            raise ValueError(f"has {name} twice; the second time, it is called {written!r}")
        _check(written, {key: rule for key, rule in rules.items() if not isinstance(rule, dict)})
        for account, own in rules.items():
            if isinstance(own, dict):
                _check(f"{written}.{account}", own)
        found[name] = rules
    return found


def _check(whose: str, rules: Mapping[str, Any]) -> None:
    for key, rule in rules.items():
        if key not in _KEYS:
            raise ValueError(f"of {whose} has an unknown key {key!r}; the keys are {', '.join(_KEYS)}")
        try:
            {"days": _check_days, "max_age": _check_age, "retired": _check_retired}[key](rule)
        except ValueError as error:
            raise ValueError(f"of {whose}: {key} {error}") from error


def _check_days(rule: Any) -> None:
    if rule != "daily" and not (isinstance(rule, list) and rule and all(day in WEEK for day in rule)):
        raise ValueError(f'must be "daily" or a list of {", ".join(WEEK)}, not {rule!r}')


def _check_age(rule: Any) -> None:
    whole_days(rule)


def _check_retired(rule: Any) -> None:
    if not isinstance(rule, bool):
        raise ValueError(f"must be true or false, not {rule!r}")
