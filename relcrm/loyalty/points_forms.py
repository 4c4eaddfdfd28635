"""The shape of what is typed about points: how many, for what, why, and the rules of the chain."""

from collections.abc import Sequence
from datetime import date

from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from relcrm import money
from relcrm.errors import BadValue
from relcrm.i18n import _l
from relcrm.loyalty.points_policy import Terms
from relcrm.web.forms import CreatingForm

LONG = Length(max=600, message=_l("That is too long."))
OTHER = "other"
USUAL = (50, 100, 200, 500, 1000, 2000, 5000)


def number(text: str | None, field: str) -> int:
    """A whole number without sign as somebody types it. Raises BadValue naming the field."""
    typed = (text or "").strip().replace(",", "").replace(" ", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise BadValue(_l("Write a whole number, such as 100."), code="number", field=field)
    return int(typed)


class RedeemForm(CreatingForm):
    """How many by a tap, or typed; for money off or a gift."""

    amount = RadioField(_l("How many"), choices=[], validators=[Optional()], validate_choice=False)
    points = StringField(_l("Another number"), validators=[LONG])
    for_what = RadioField(
        _l("For what"), choices=[SelectChoice("money", _l("Money off")), SelectChoice("gift", _l("A gift"))], default="money"
    )
    words = StringField(_l("Which gift"), validators=[LONG])

    def offer(self, available: int, shown: dict[int, str]) -> "RedeemForm":
        """Chips for the usual numbers she has, and for all of them; `shown` says what each is worth."""
        self.amount.choices = [(str(points), words) for points, words in shown.items() if points <= available]
        return self

    def wanted(self) -> int:
        """What was typed stands before what was tapped."""
        if (self.points.data or "").strip():
            return number(self.points.data, "points")
        if not self.amount.data:
            raise BadValue(_l("Choose how many points, or write a number."), code="points", field="amount")
        return number(self.amount.data, "amount")


def usual(available: int) -> list[int]:
    """At most four usual numbers that she has, the largest of them, and all."""
    fitting = [one for one in USUAL if one < available]
    return [*fitting[-4:], available] if available else []


class AdjustForm(CreatingForm):
    way = RadioField(_l("More or fewer"), choices=[SelectChoice("more", _l("More")), SelectChoice("fewer", _l("Fewer"))], default="more")
    points = StringField(_l("How many points"), validators=[LONG])
    reason = StringField(_l("The reason"), validators=[LONG])
    confirm = StringField(_l("The number once more"), validators=[LONG])

    def signed(self) -> int:
        points = number(self.points.data, "points")
        return -points if self.way.data == "fewer" else points

    def is_confirmed(self) -> bool:
        """Was the number typed twice?"""
        typed = (self.confirm.data or "").strip()
        return bool(typed) and typed == (self.points.data or "").strip()


class PolicyForm(CreatingForm):
    live_from = DateField(_l("For purchases from"), validators=[InputRequired(_l("Choose a day."))])
    currency = SelectField(_l("Currency"), choices=[])
    minor_per_point = StringField(_l("Spent for one point"), validators=[LONG])
    value_minor = StringField(_l("One point is worth"), validators=[LONG])
    pending_days = StringField(_l("Days until points are active"), validators=[LONG])
    expiry_months = StringField(_l("Months until they end"), validators=[LONG])
    breakage = StringField(_l("Never used, in percent"), validators=[LONG])
    big_points = StringField(_l("Corrections above so many points need a second person"), validators=[LONG])

    def prepare(self, currencies: Sequence[str]) -> "PolicyForm":
        self.currency.choices = [(one, one) for one in currencies]
        return self

    def fill(self, terms: Terms) -> "PolicyForm":
        self.live_from.data, self.currency.data = terms.live_from, terms.currency
        self.minor_per_point.data = money.typed(terms.minor_per_point, terms.currency)
        self.value_minor.data = money.typed(terms.value_minor, terms.currency)
        for name in ("pending_days", "expiry_months", "breakage", "big_points"):
            self[name].data = str(getattr(terms, name))
        return self

    def terms(self) -> Terms:
        """Raises BadValue naming the input."""
        currency, live_from = str(self.currency.data), self.live_from.data
        assert isinstance(live_from, date)
        return Terms(
            live_from, currency, money.parse(self.minor_per_point.data or "", currency, "minor_per_point"),
            money.parse(self.value_minor.data or "", currency, "value_minor"),
            **{name: number(self[name].data, name) for name in ("pending_days", "expiry_months", "breakage", "big_points")},
        )  # fmt: skip
