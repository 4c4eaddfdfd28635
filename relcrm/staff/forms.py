"""The shape of what staff type about stores, colleagues and themselves."""

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from relcrm.i18n import _l
from relcrm.web.forms import Form

MUST = InputRequired(_l("Please fill this in."))


class SignInForm(Form):
    login = StringField(_l("Staff number or phone"), validators=[MUST, Length(max=40, message=_l("At most 40 characters, please."))])
    password = PasswordField(_l("Password"), validators=[MUST, Length(max=200, message=_l("At most 200 characters, please."))])
    shop_phone = BooleanField(_l("This is a phone of the shop"))
