"""The shape of tier rules as the owner types them. Whether they make sense is for the rules."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import DateField, FieldList, Form, FormField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from relcrm import money
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _l
from relcrm.loyalty.tier_models import TierLevel, TierRuleSet
from relcrm.loyalty.tier_rules import MOST_TIERS, SPANS, Level
from relcrm.web.forms import CreatingForm
from relcrm.web.forms import Form as PageForm

LONG = Length(max=600, message=_l("That is too long."))
NUMBER = InputRequired(_l("Write a number of days."))


class LevelForm(Form):
    """One tier; without a name it is left out. Thresholds are read by RulesForm: there is one for each currency."""

    key = HiddenField()
    zh = StringField(_l("Name in Chinese"), validators=[LONG])
    en = StringField(_l("Name in English"), validators=[LONG])
    visits = StringField(_l("Visits at least"), validators=[LONG])
    benefits_zh = TextAreaField(_l("Benefits in Chinese, one a line"), validators=[LONG])
    benefits_en = TextAreaField(_l("Benefits in English, one a line"), validators=[LONG])

    @property
    def is_empty(self) -> bool:
        return not (_clean(self.zh.data) or _clean(self.en.data))


class RulesForm(PageForm):
    """A whole version. `amounts`: what was typed for each tier and currency, by the name of its input; `refused` what is said of it."""

    version = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])
    window_days = IntegerField(_l("Days that count"), validators=[NUMBER])
    valid_days = IntegerField(_l("Days a tier holds"), validators=[NUMBER])
    grace_days = IntegerField(_l("Days to catch up"), validators=[NUMBER])
    reversal_days = IntegerField(_l("Days in which a return takes an upgrade back"), validators=[NUMBER])
    tiers = FieldList(FormField(LevelForm), max_entries=MOST_TIERS + 1)
    amounts: dict[str, str]
    refused: dict[str, str]

    @classmethod
    def of(cls, row: TierRuleSet, levels: Sequence[TierLevel]) -> "RulesForm":
        tiers = [
            {
                "key": one.key, "zh": one.zh, "en": one.en, "visits": str(one.visits or ""),
                "benefits_zh": "\n".join(one.benefits_zh), "benefits_en": "\n".join(one.benefits_en),
            }
            for one in levels
        ]  # fmt: skip
        form = cls(formdata=None, version=row.version, tiers=tiers, **{name: getattr(row, name) for name in SPANS})
        form.refused = {}
        form.amounts = {
            f"tiers-{place}-threshold-{currency}": money.typed(minor, currency)
            for place, one in enumerate(levels)
            for currency, minor in one.thresholds.items()
        }
        return form

    def ask(self, typed: Any, currencies: Iterable[str]) -> "RulesForm":
        names = [f"tiers-{place}-threshold-{one}" for place in range(len(self.tiers.entries)) for one in currencies]
        self.amounts, self.refused = {name: str(typed.get(name, ""))[:40] for name in names}, {}
        return self

    def one_more(self) -> None:
        if len(self.tiers.entries) <= MOST_TIERS:
            self.tiers.append_entry()

    def spans(self) -> dict[str, int]:
        return {name: int(self[name].data or 0) for name in SPANS}

    def levels(self, currencies: Sequence[str]) -> list[Level]:
        """Raises BadValue naming the input as tiers-<place>-<name>; the places are those of the form, which has no empty tiers between."""
        filled = [(place, entry.form) for place, entry in enumerate(self.tiers) if not entry.form.is_empty]
        return [self._level(place, one, currencies) for place, one in filled]

    def _level(self, place: int, one: Any, currencies: Sequence[str]) -> Level:
        thresholds = {}
        for currency in currencies:
            field = f"tiers-{place}-threshold-{currency}"
            if (typed := self.amounts.get(field, "").strip()) not in ("", "0"):
                thresholds[currency] = money.parse(typed, currency, field)
        return Level(
            _clean(one.zh.data), _clean(one.en.data), str(one.key.data or "")[:24], thresholds,
            _visits(one.visits.data, f"tiers-{place}-visits"), _lines(one.benefits_zh.data), _lines(one.benefits_en.data),
        )  # fmt: skip

    def refuse(self, error: BadValue | RuleError) -> None:
        """Under the input of its tier, where it names one."""
        part, _dash, rest = error.field.partition("-")
        place, _dash, name = rest.partition("-")
        if error.field in self.amounts:
            self.refused[error.field] = str(error.message)
            self.form_errors.append(str(error.message))
        elif part == "tiers" and place.isdigit() and int(place) < len(self.tiers.entries) and name in LevelForm()._fields:
            field = self.tiers.entries[int(place)].form[name]
            field.errors = [*field.errors, str(error.message)]
            self.form_errors.append(f"{field.label.text}: {error.message}")
        else:
            super().refuse(error)


class PublishForm(PageForm):
    version = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])
    live_from = DateField(_l("They hold from"), validators=[InputRequired(_l("Choose a day."))])

    @property
    def day(self) -> date:
        chosen: date = self.live_from.data
        return chosen


class LiftForm(CreatingForm):
    """`confirm`: the last day once more, where nobody else could decide."""

    tier = RadioField(_l("Tier"), choices=[], validators=[InputRequired(_l("Choose a tier."))], validate_choice=False)
    until = DateField(_l("Until"), validators=[InputRequired(_l("Choose a day."))])
    reason = StringField(_l("Reason for the lift"), validators=[LONG])
    confirm = DateField(_l("The day once more"), validators=[Optional()])

    def offer(self, pairs: Iterable[tuple[str, str]]) -> "LiftForm":
        self.tier.choices = list(pairs)
        return self

    @property
    def day(self) -> date:
        chosen: date = self.until.data
        return chosen

    def is_confirmed(self) -> bool:
        return self.confirm.data is not None and bool(self.confirm.data == self.until.data)


def _clean(text: str | None) -> str:
    return " ".join((text or "").split())


def _lines(text: str | None) -> list[str]:
    return [line for line in (_clean(one) for one in (text or "").splitlines()) if line]


def _visits(text: str | None, field: str) -> int:
    typed = _clean(text)
    if typed and not (typed.isdecimal() and len(typed) <= 3):
        raise BadValue(_l("A number of visits, or nothing."), code="visits", field=field)
    return int(typed or 0)
