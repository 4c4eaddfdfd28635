"""What a purchase tells about her: her size and her colours, offered and kept by one tap through the gate of facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.consent import catalogue, ledger
from relcrm.consent import rules as consent_rules
from relcrm.customers import facts
from relcrm.customers.models import Fact
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.purchases import colours
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, may

SIZE, COLOUR = "product_spec", "colour_pref"


@dataclass(frozen=True)
class Offer:
    """`key` is the field, `line_id` the line it comes from, `value` what would be kept."""

    key: str
    line_id: int
    words: object
    value: Any


def offers(reader: StaffMember, seen: Seen, purchase: Purchase, lines: Sequence[PurchaseLine], lang: str) -> list[Offer]:
    """Of what she bought for herself, whatever is not in her file yet; nothing that she has not agreed to or the reader may not write."""
    if purchase.for_staff or not may(reader, Permission.CUSTOMER_WRITE, seen.store_of(reader).id):
        return []
    own = [line for line in lines if line.quantity > 0 and not line.is_gift]
    off = consent_rules.switched_off(dict(catalogue.fields()))
    open_ = [key for key in (SIZE, COLOUR) if key not in off and _is_open(seen, key)]
    if not own or not open_:
        return []
    held = sa.select(Fact).where(Fact.customer_id == seen.customer.id, Fact.key.in_(open_))
    kept = {(row.key, row.slot): row.value for row in session().scalars(held)}
    found = [offer for line in own for offer in (_size(line, kept, lang), _colour(line, kept, lang)) if offer and offer.key in open_]
    return list({(offer.key, repr(offer.value)): offer for offer in found}.values())


def _is_open(seen: Seen, key: str) -> bool:
    field = catalogue.field(key)
    return seen.sight.shows(field) and ledger.may(seen.customer.id, field.basis).allowed


def _size(line: PurchaseLine, kept: dict[tuple[str, str], Any], lang: str) -> Offer | None:
    category = catalogue.categories().get(line.category)
    old = kept.get((SIZE, line.category)) or {}
    if category is None or not line.size or old.get("size") == line.size:
        return None
    value = {"category": line.category, "size": line.size, "model": old.get("model", ""), "fit": old.get("fit", "")}
    words = _l("Size %(size)s for %(category)s", size=line.size, category=catalogue.label(category, lang))
    return Offer(SIZE, line.id, words, value)


def _colour(line: PurchaseLine, kept: dict[tuple[str, str], Any], lang: str) -> Offer | None:
    key, old = colours.key_of(line.colour) if line.colour else "", kept.get((COLOUR, "")) or {"like": [], "avoid": []}
    choices = catalogue.field(COLOUR).choices
    if not key or key in old["like"] or key in old["avoid"]:
        return None
    like = {*old["like"], key}
    value = {"like": [choice.key for choice in choices if choice.key in like], "avoid": list(old["avoid"])}
    label = next(catalogue.label(choice, lang) for choice in choices if choice.key == key)
    return Offer(COLOUR, line.id, _l("Likes %(colour)s", colour=label), value)


def keep(
    tx: Session, actor: StaffMember, seen: Seen, purchase: Purchase, lines: Sequence[PurchaseLine], key: str, line_id: int, lang: str
) -> None:
    """One tap. Raises NotFound for what is no longer offered; the gate of facts has the last word."""
    wanted = [one for one in offers(actor, seen, purchase, lines, lang) if (one.key, one.line_id) == (key, line_id)]
    if not wanted:
        raise NotFound(_l("This is not there any more."), code="no_row")
    field = catalogue.field(key)
    facts.put_fact(tx, actor, seen, key, wanted[0].value, source="observed", slot=facts.slot_of(field, wanted[0].value, ""))
