"""What tiers add to the pages of earlier features and what they follow: purchases, merges, the card, the timeline, the Store tab."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from relcrm import clock
from relcrm.customers import card_lines, import_revert, merge_tables, timeline
from relcrm.customers.card_lines import CardLine
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.i18n import _, _l
from relcrm.loyalty import tier_queries, tier_shown, tier_states
from relcrm.loyalty.tier_models import CustomerTier, TierChange, TierLevel, TierSimulation, TierTold
from relcrm.purchases import queries as purchases
from relcrm.purchases import totals
from relcrm.purchases.models import Purchase
from relcrm.staff import store_cards, words
from relcrm.staff.models import StaffMember


def _tier(_reader: StaffMember, seen: Seen, lang: str) -> Sequence[CardLine]:
    today = clock.today(seen.home.time_zone)
    rules = tier_queries.in_force(today)
    if rules is None:
        return []
    now = tier_queries.brief(seen)
    level = rules.level(now.tier)
    if now.grace_until is not None:
        until = _("ran out, to keep by %(day)s", day=tier_shown.day(now.grace_until, lang, today))
    else:
        until = _("until %(day)s", day=tier_shown.day(now.valid_until, lang, today)) if now.valid_until else ""
    name, values = tier_shown.name(level, lang), {"public_id": seen.customer.public_id}
    return [CardLine(_("Tier"), until or name, "tiers.customer", values, gold=name if level.place else "", place=3)]


@timeline.source("tiers", _l("Tier"))
def _changes(seen: Seen, lang: str, before: datetime, most: int) -> Sequence[timeline.Entry]:
    """What a purchase did stands right after it; what a day did, at its beginning."""
    zone = ZoneInfo(seen.home.time_zone)
    last_day = before.astimezone(zone).date()
    query = sa.select(TierChange).where(TierChange.customer_id == seen.customer.id, TierChange.on <= last_day)
    rows = session().scalars(query.order_by(TierChange.position.desc()).limit(most)).all()
    if not rows:
        return []
    names = _names(lang)
    at, amounts = _instants(seen.customer.id, {row.on for row in rows}), purchases.figures(seen).amounts
    link = ("tiers.customer", {"public_id": seen.customer.public_id})
    entries = [
        timeline.Entry(
            at[row.on] if row.kind in ("up", "renewed", "reversed") and row.on in at else datetime.combine(row.on, time(), zone), "tiers",
            tier_shown.change(row.kind, names.get(row.before, row.before), names.get(row.after, row.after)),
            tier_shown.why(row.why, lang, amounts=amounts), link=link,
        )
        for row in rows
    ]  # fmt: skip
    return [entry for entry in entries if entry.at < before]


def _instants(customer_id: int, days: set[date]) -> dict[date, datetime]:
    """Just after the last receipt of each of these days."""
    last = sa.select(Purchase.sold_on, sa.func.max(Purchase.sold_at)).where(Purchase.customer_id == customer_id, Purchase.sold_on.in_(days))
    return {on: at + timedelta(microseconds=1) for on, at in session().execute(last.group_by(Purchase.sold_on)) if at is not None}


def _names(lang: str) -> dict[str, str]:
    """Every tier there ever was, by its last name."""
    rows = session().scalars(sa.select(TierLevel).order_by(TierLevel.rule_set_id))
    return {row.key: tier_shown.name(row, lang) for row in rows}


def _card(_reader: StaffMember) -> store_cards.Context | None:
    return {}


totals.followers.append(tier_states.follow)
merge_tables.stays(CustomerTier, "replayed from the receipts")
merge_tables.stays(TierChange, "replayed from the receipts")
merge_tables.stays(TierSimulation, "whom a draft would change, counted anew when asked again")
merge_tables.joins(TierTold, "at")
import_revert.traces.append(import_revert.Trace(TierTold.customer_id, TierTold.at))
card_lines.lines.append(_tier)
store_cards.cards.append(store_cards.StoreCard("tiers/_card.html", _card))
words.ACT_WORDS["tier_rules_published"] = _l("published tier rules")
