"""How rows of the ledger read. No markup, no database."""

from relcrm import money
from relcrm.i18n import _
from relcrm.loyalty.points_models import PointsEntry


def change(entry: PointsEntry) -> str:
    """+128, −28: what the row gives or takes; of points that only become active, how many do."""
    points = entry.active or entry.pending or -entry.debt
    if entry.kind == "clawback":
        points = entry.active + entry.pending
    return f"+{points:,}" if points > 0 else f"−{-points:,}"


def title(entry: PointsEntry, currency: str, lang: str) -> str:
    """What happened, in a few words."""
    if entry.kind == "burn":
        value = entry.parameters.get("value_minor", 0)
        return (
            _("Redeemed for %(amount)s off", amount=money.show(value, currency, lang))
            if value
            else _("Redeemed: %(gift)s", gift=entry.words)
        )
    if entry.kind == "adjust":
        return {
            "taken_back": _("A redemption was taken back"),
            "debt_forgotten": _("What was owed for a year is forgotten"),
            "files_apart": _("Two files were taken apart"),
        }.get(entry.reason, _("Corrected: %(reason)s", reason=entry.words))
    if entry.kind == "opening":
        return _("Brought along, %(file)s", file=entry.words) if entry.active > 0 else _("Its file was taken back")
    return {
        "earn_pending": _("Earned, not active yet"),
        "earn_active": _("Earned and active"),
        "expire": _("Expired"),
        "clawback": _("Taken back for a return"),
        "debt": _("Owed for a return"),
        "debt_offset": _("Set against what was owed"),
        "forfeit": _("Given up"),
    }[entry.kind]
