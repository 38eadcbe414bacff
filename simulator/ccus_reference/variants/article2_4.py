"""第2条4: another way by which the Fund is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_reference import notices, outbound
from ccus_reference.variants.variant import Variant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.tenant import Tenant


def by_mail(tenant: Tenant, path: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Notices go to the Fund's mailbox; every other letter goes the usual way."""
    if path != notices.PATH or tenant.mailbox is None:
        return tenant.ccus.send(path, document)
    tenant.store.add_destination(outbound.host_of(tenant.mailbox.server), outbound.TO_CCUS)
    return tenant.mailbox.send({**document, "channel": "mail"})


VARIANTS = (
    Variant(
        name="mail_notice",
        title_ja="漏えい等の通知を、基金への電子メールで送る",
        title_en="tells the Fund of leaks and misuse by e-mail",
        chapters=("A2-4",),
        change={"carried": by_mail},
        profile={"notices": {"by": ["mail"]}},
    ),
)
