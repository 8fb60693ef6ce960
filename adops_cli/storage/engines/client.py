"""The terminal program of a database, and how it is run."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    """The database's own terminal program."""

    program: str
    how_to_get: str
    database: str
    """The first argument."""
    variables: Mapping[str, str]
    """Its environment has the secrets, because all users can see a command line."""
