"""Segments, scores and reasons as people read them. A segment suggests care; it sets no price."""

from dataclasses import dataclass

from relcrm.i18n import _, _l, ngettext
from relcrm.measures.models import Score, ScoreCuts
from relcrm.measures.scoring import ASLEEP, ATTENTION, BIG, CHAMPIONS, LOYAL, NEW, PROMISING, SLIPPING


@dataclass(frozen=True)
class Segment:
    """`care` is what to do for these people."""

    name: object
    care: object


SEGMENTS: dict[str, Segment] = {
    CHAMPIONS: Segment(_l("Champions"), _l("Know them by heart: a word after each purchase, first to hear of alterations and care days.")),
    LOYAL: Segment(_l("Loyal"), _l("Thank them by name, ask what could be easier for them.")),
    BIG: Segment(_l("Big, seldom"), _l("Look after what they own: care, repair, a check before the season.")),
    NEW: Segment(_l("New here"), _l("Call after three days: does it fit, is the washing clear.")),
    PROMISING: Segment(_l("Promising"), _l("Learn one thing at each visit: sizes, occasions, for whom.")),
    ATTENTION: Segment(_l("Needs attention"), _l("Ask how the last piece does before anything else.")),
    SLIPPING: Segment(_l("Slipping away"), _l("The closest associate asks in person whether anything was wrong.")),
    ASLEEP: Segment(_l("Asleep"), _l("A greeting for the festival, nothing more, unless she answers.")),
}
FIFTHS = {
    1: _l("less than most"), 2: _l("a little less than most"), 3: _l("like most"), 4: _l("more than 3 of 5"), 5: _l("more than 4 of 5"),
}  # fmt: skip


def reasons(score: Score, away_days: int, cuts: ScoreCuts | None) -> list[str]:
    """Why she stands there: when last, how often, how much beside others. No amounts: those have their own rights."""
    span = cuts.window_days if cuts else 0
    within = _("in %(days)s days", days=span) if span else _("in all")
    visits = ngettext("%(num)s visit %(within)s", "%(num)s visits %(within)s", score.visits, within=within)
    last = ngettext("Bought %(num)s day ago", "Bought %(num)s days ago", away_days)
    return [last, visits, *([_("spends %(fifth)s", fifth=FIFTHS[score.m])] if score.m else [])]
