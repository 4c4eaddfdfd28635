"""How purchases read: names of goods in a row, days, amounts. No markup."""

from collections.abc import Sequence
from datetime import date

from relcrm import clock
from relcrm.i18n import _
from relcrm.purchases.models import PurchaseLine

NAMED = 2


def goods(lines: Sequence[PurchaseLine]) -> str:
    """Linen shirt, Coat and 2 more."""
    names = [line.name for line in lines if line.quantity > 0] or [line.name for line in lines]
    words = _(", ").join(names[:NAMED])
    more = len(names) - NAMED
    return words if more <= 0 else str(_("%(names)s and %(num)s more", names=words, num=more))


def about(line: PurchaseLine) -> str:
    """Size, colour and how many, in one line under the name."""
    pieces = abs(line.quantity)
    parts = (line.colour, line.size, f"× {pieces}" if pieces > 1 else "", _("a gift") if line.is_gift else "")
    return " · ".join(part for part in parts if part)


def day(when: date, zone: str, lang: str) -> str:
    """3 Nov / 11月3日, with the year when it is not this one."""
    from babel import dates

    same_year = when.year == clock.today(zone).year
    if lang == "zh":
        return f"{when.month}月{when.day}日" if same_year else f"{when.year}年{when.month}月{when.day}日"
    return str(dates.format_date(when, "d MMM" if same_year else "d MMM y", locale="en"))
