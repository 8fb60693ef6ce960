"""What figures meant in earlier imports, and which layouts were read: asked of the ledger before a file is stored.

Owns the form of `imports.means`. Changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from adops_cli.storage.choices import ImportStatus
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.models import Import, ImportChange

_LOOKED_BACK = 200
"""How many imports are searched for those of certain campaigns."""


def of_other_layout(platform: str, header: str, campaign_ids: Sequence[str]) -> tuple[str, str] | None:
    """A campaign among these that a file of this platform with another header has changed, and the file's name."""
    batches: Any = Import.select().where(Import.platform == platform, Import.status == ImportStatus.IMPORTED)
    files = {one.id: one.file for one in batches if one.options.get("header", header) != header}
    changes: Any = ImportChange.select(ImportChange.campaign_id, ImportChange.batch).order_by(ImportChange.id)
    if files:
        for query in chunked_in(changes, ImportChange.campaign_id, campaign_ids):
            for id, batch in query.tuples():
                if batch in files:
                    return id, files[batch]
    return None


def as_kept(means: Mapping[str, str], accounts: Sequence[str], further: Mapping[str, Any]) -> dict[str, Any]:
    """The form in which a batch keeps what its figures mean: figure -> word, and its accounts, "" if unknown."""
    return {"accounts": accounts, **means, **further}


def known(
    platform: str, accounts: AbstractSet[str], campaign_ids: Sequence[str], figures: Collection[str]
) -> list[tuple[str, str, Import]]:
    """What these figures meant before: figure, word, and the newest import in which it was known, of each account.

    And of the campaigns themselves, whose account an earlier import may not have known. Figures of unknown meaning are
    left out. An import that was undone does not count.
    """
    found: dict[tuple[str | None, str], tuple[str, str, Import]] = {}
    wanted = len(figures) * (len(accounts) + bool(campaign_ids))
    batches: Any = Import.select(Import.id, Import.file, Import.means).where(
        Import.platform == platform, Import.status == ImportStatus.IMPORTED, Import.means.is_null(False)
    )
    for place, batch in enumerate(batches.order_by(Import.imported_at.desc()).iterator()):
        if len(found) == wanted:
            break
        known = [figure for figure in figures if figure in batch.means]
        owners: list[str | None] = [account for account in accounts if account in batch.means["accounts"]]
        if place < _LOOKED_BACK and any((None, figure) not in found for figure in known):
            owners += [None] * _touches(batch, campaign_ids)
        for owner in owners:
            for figure in known:
                found.setdefault((owner, figure), (figure, batch.means[figure], batch))
    return list(found.values())


def _touches(batch: Import, campaign_ids: Sequence[str]) -> bool:
    """Whether a batch has changed or confirmed days of one of these campaigns."""
    changes: Any = ImportChange.select(ImportChange.id).where(ImportChange.batch == batch.id)
    return any(query.exists() for query in chunked_in(changes, ImportChange.campaign_id, campaign_ids))
