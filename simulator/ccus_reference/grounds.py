"""What becomes of data whose ground has gone: our rule is that they stay to the end and nobody without a right sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.scope import Viewer

if TYPE_CHECKING:
    from ccus_reference.tenant import Tenant


def stay_hidden(_tenant: Tenant) -> None:
    """Leaves them to the disposal at the end; the viewing rule hides them (`ground_gone` of our profile)."""


def without_ground(tenant: Tenant) -> tuple[str, ...]:
    """The technicians about whom something is kept and whom no user may see any more, in whosever name."""
    accounts = tenant.world.accounts.values()
    viewers = {Viewer(business=firm) for account in accounts for firm in account.businesses}
    viewers |= {Viewer(technician=account.technician) for account in accounts if account.technician}
    relation, now = tenant.behaviour.scope.relation, tenant.now
    return tuple(
        technician
        for technician in tenant.store.subjects(TECHNICIAN)
        if not any(relation(tenant.world, viewer, technician, now) for viewer in viewers)
    )
