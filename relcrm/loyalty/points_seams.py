"""What points add to earlier features: they follow purchases and merges, stand on the card and in the timeline, and keep a customer."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from relcrm.customers import card_lines, import_revert, merge_tables, timeline
from relcrm.customers.card_lines import CardLine
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.i18n import _, _l, ngettext
from relcrm.loyalty import points_earning, points_merging, points_policy, points_queries, points_shown
from relcrm.loyalty.points_models import PointsBalance, PointsEntry, PointsLot, PointsPending
from relcrm.purchases import totals
from relcrm.purchases.queries import shows_receipts
from relcrm.staff.models import StaffMember


def _available(_reader: StaffMember, seen: Seen, _lang: str) -> Sequence[CardLine]:
    now = points_queries.standing(seen)
    if now.policy is None:
        return []
    words = ngettext("%(num)s to redeem", "%(num)s to redeem", now.available) if now.available else _("none to redeem")
    if now.pending:
        words += " · " + _("%(n)s more soon", n=now.pending)
    return [CardLine(_("Points"), words, "points.show", {"public_id": seen.customer.public_id}, place=4)]


@timeline.source("points", _l("Points"))
def _by_hand(seen: Seen, lang: str, before: datetime, most: int) -> Sequence[timeline.Entry]:
    if not shows_receipts(seen):
        return []
    rows = points_queries.by_hand_before(seen.customer.id, before, most)
    known = {row.id: row.currency for row in points_policy.versions()} if rows else {}
    link = ("points.show", {"public_id": seen.customer.public_id})
    return [_entry(row, known.get(row.parameters.get("policy", 0), "CNY"), lang, link) for row in rows]


def _entry(row: PointsEntry, currency: str, lang: str, link: tuple[str, dict[str, str]]) -> timeline.Entry:
    words = _("%(points)s points", points=points_shown.change(row))
    return timeline.Entry(row.at, "points", points_shown.title(row, currency, lang), words, row.actor_id, link=link)


def _touched_by_hand(ids: Collection[int]) -> set[int]:
    """Somebody redeemed or corrected: a file that made this customer is not taken back from her."""
    query = sa.select(PointsEntry.customer_id).where(PointsEntry.customer_id.in_(ids), PointsEntry.actor_id.is_not(None))
    return set(session().scalars(query))


totals.followers.append(points_earning.follow)
merge_tables.joins(PointsEntry, "at")
merge_tables.stays(PointsLot, "goes with the row that made it")
merge_tables.stays(PointsPending, "goes with its purchase")
merge_tables.stays(PointsBalance, "summed up again from the ledger")
merge_tables.followers.append(points_merging.even_out)
card_lines.lines.append(_available)
import_revert.holding.append(_touched_by_hand)
