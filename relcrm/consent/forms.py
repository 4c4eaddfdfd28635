"""The shape of what the owner types about the chain and decides about its data."""

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from relcrm.i18n import _l
from relcrm.web.forms import Form

MUST = InputRequired(_l("Please fill this in."))
LONG = Length(max=200, message=_l("At most %(max)s characters, please."))
NAMES = ("chain_name", "legal_name", "legal_address", "privacy_contact")
LEGAL = frozenset(NAMES[1:])


class SettingsForm(Form):
    chain_name = StringField(_l("Name over the door"), validators=[MUST, Length(max=60, message=_l("At most %(max)s characters, please."))])
    legal_name = StringField(_l("Legal name"), validators=[MUST, LONG])
    legal_address = StringField(_l("Legal address"), validators=[LONG])
    privacy_contact = StringField(_l("Privacy contact"), validators=[MUST, LONG])

    count_zero_value = BooleanField(_l("Receipts of value 0 count as purchases"))

    def typed(self) -> dict[str, object]:
        return {name: " ".join((self[name].data or "").split()) for name in NAMES} | {"count_zero_value": bool(self.count_zero_value.data)}


class AssessmentForm(Form):
    text = TextAreaField(_l("What was weighed"), validators=[MUST, Length(max=8000, message=_l("At most %(max)s characters, please."))])
    decision = RadioField(
        _l("Your decision"),
        choices=[SelectChoice("yes", _l("Yes, it may be used")), SelectChoice("no", _l("No, it stays off"))],
        validators=[InputRequired(_l("Choose one."))],
    )
