"""第6条: what is left, and what is certified, after the end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ccus_reference import files, term

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ccus_reference.store import Provision, Store
    from ccus_reference.tenant import Tenant

from ccus_reference.defects.defect import Defect


def open_under_retention(standing: term.Standing) -> str | None:
    """Reads the right to keep as a right to fetch."""
    return None if standing.ended == term.RETAINED else term.refusal(standing)


def hide_only(store: Store) -> None:
    store.trash_registration_data()


def store_backups_away(folder: Path) -> int:
    """Moves the backups to long-term keeping, where no rotation reaches them."""
    for path in sorted(folder.glob(files.NIGHTLY)):
        path.rename(path.with_name(f"monthly-{path.name}"))
    return 0


def submit_nothing(_tenant: Tenant, _certificate: Mapping[str, Any]) -> None:
    return None


def other_records(provisions: list[Provision]) -> list[Provision]:
    """As many records as there were, but others."""
    return [replace(p, provision_id=p.provision_id[::-1] + "x") for p in provisions]


DEFECTS = (
    Defect(
        name="soft_delete",
        row="A6-03",
        code="disposal.primary_left",
        drags=("A6-05", "A6-06", "A6-19", "A6-21"),
        title_ja="廃棄を画面から隠すだけで済ませる",
        title_en="hides registration data instead of destroying them",
        change={"erase": hide_only},
    ),
    Defect(
        name="backups_left",
        row="A6-05",
        code="disposal.backup_left",
        drags=("A6-06", "A6-19", "A6-21"),
        title_ja="バックアップを廃棄せず長期保管に移す",
        title_en="moves the backups to long-term keeping instead of destroying them",
        change={"erase_backups": store_backups_away},
    ),
    Defect(
        name="no_certificate",
        row="A6-16",
        code="certificate.none",
        drags=("A6-22", "A6-23"),
        title_ja="廃棄証明書を提出しない",
        title_en="submits no disposal certificate",
        change={"submit": submit_nothing},
    ),
    Defect(
        name="certificate_false",
        row="A6-19",
        code="certificate.untrue",
        title_ja="証明書が実際と異なる記録を証明する",
        title_en="certifies other records than were had, in the right number",
        change={"committed": other_records},
    ),
    Defect(
        name="retention_fetches",
        row="A6-27",
        code="retention.later_data",
        drags=("A6-02",),
        title_ja="継続保有中も新たに取得する",
        title_en="goes on fetching under retention",
        change={"term_refusal": open_under_retention},
    ),
)
