"""What scores add to the pages of earlier features: the card, the Store tab; and that they follow purchases."""

from relcrm.customers import card_lines, merge_tables
from relcrm.customers.card_lines import CardLine
from relcrm.customers.queries import Seen
from relcrm.i18n import _
from relcrm.measures import queries, scores, suggestions, words
from relcrm.measures.models import Score
from relcrm.purchases import totals
from relcrm.staff import store_cards
from relcrm.staff.models import StaffMember

ON_CARD = 1


def _on_card(_reader: StaffMember, seen: Seen, lang: str) -> list[CardLine]:
    standing = queries.of(seen)
    lines = []
    if standing is not None and standing.score.segment:
        why = words.reasons(standing.score, standing.away_days, standing.cuts)
        said = _("%(segment)s: %(why)s", segment=words.SEGMENTS[standing.score.segment].name, why=_(", ").join(why))
        lines.append(CardLine(_("Stands"), said, "measures.of", {"public_id": seen.customer.public_id}, place=5))
    suits = suggestions.may_suit(seen, ON_CARD) if queries.sees_segment(seen) else []
    if suits:
        words_of = _(", ").join(_("%(goods)s (goes with %(because)s)", goods=one.product.name, because=one.because) for one in suits)
        lines.append(CardLine(_("May suit"), words_of, "measures.of", {"public_id": seen.customer.public_id}, place=6))
    return lines


card_lines.lines.append(_on_card)
totals.followers.append(scores.follow)
merge_tables.stays(Score, "worked out again from the receipts")
store_cards.cards.append(store_cards.StoreCard("measures/_store_card.html", lambda reader: {} if reader.holds(*queries.MANAGERS) else None))
