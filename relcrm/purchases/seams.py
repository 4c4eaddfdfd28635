"""What purchases add to the pages of earlier features: the card, the timeline, the way to record, and what keeps an imported customer."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from relcrm import money
from relcrm.consent import catalogue
from relcrm.customers import card_lines, import_revert, merge_tables, timeline
from relcrm.customers.card_lines import Act, CardLine
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.i18n import _, _l
from relcrm.products import search as products
from relcrm.products.models import Category
from relcrm.purchases import products_seam, queries, shown, totals
from relcrm.purchases.models import CustomerTotals, Purchase
from relcrm.purchases.products_seam import Suggestion
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, may

AT_ONCE = 30  # a page of the timeline shows 20; nobody has as many receipts of one instant


def _bought_last(_reader: StaffMember, seen: Seen, lang: str) -> Sequence[CardLine]:
    found = queries.last(seen.customer.id) if queries.shows_receipts(seen) else None
    if found is None:
        return []
    words = _("%(goods)s on %(day)s", goods=shown.goods(found.lines), day=shown.day(found.row.sold_on, seen.home.time_zone, lang))
    return [CardLine(_("Bought"), words, "purchases.index", {"public_id": seen.customer.public_id}, place=1)]


def _record(reader: StaffMember, seen: Seen) -> Sequence[Act]:
    if not may(reader, Permission.PURCHASE_RECORD, seen.store_of(reader).id):
        return []
    return [Act(_("Record a purchase"), "plus", "purchases.new", {"public_id": seen.customer.public_id})]


@timeline.source("purchases", _l("Purchases"))
def _bought(seen: Seen, lang: str, before: datetime, most: int) -> Sequence[timeline.Entry]:
    if not queries.shows_receipts(seen):
        return []
    return [_entry(one, lang) for one in queries.listed_before(seen.customer.id, before, min(most, AT_ONCE))]


def _entry(one: queries.Listed, lang: str) -> timeline.Entry:
    row = one.row
    words = {"sale": _("Bought"), "return": _("Brought back"), "exchange": _("Exchanged")}[row.kind]
    sub = f"{money.show(row.total_minor, row.currency, lang)} · {one.store}"
    link = ("purchases.show", {"public_id": row.public_id})
    return timeline.Entry(row.sold_at, "purchases", f"{words} {shown.goods(one.lines)}", sub, row.sold_by_id, link=link)


merge_tables.joins(Purchase, "at")
merge_tables.stays(CustomerTotals, "summed up again from the receipts")
merge_tables.followers.append(totals.recompute)
card_lines.lines.append(_bought_last)
card_lines.acts.append(_record)
import_revert.traces.append(import_revert.Trace(Purchase.customer_id, Purchase.at))


def _products(store: Store, text: str) -> Sequence[Suggestion]:
    """Products by part of the name, initials, article number or barcode, priced where the store sells in their currency."""
    found = products.find(text, products_seam.MOST)
    query = sa.select(Category.id, Category.key).where(Category.id.in_({one.category_id for one in found}))
    keys = {row.id: row.key for row in session().execute(query)} if found else {}
    return [
        Suggestion(
            one.id,
            one.name,
            keys[one.category_id] if keys[one.category_id] in catalogue.categories() else "",
            tuple(one.sizes),
            tuple(one.colours),
            one.price_minor if one.currency == store.currency else None,
        )
        for one in found
    ]


products_seam.sources.append(_products)
