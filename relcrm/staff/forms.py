"""The shape of what staff type about stores, colleagues and themselves."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from relcrm import contact_values
from relcrm.i18n import _l
from relcrm.staff.words import LANGUAGE_WORDS, REGION_WORDS
from relcrm.web.forms import CreatingForm, Form

MUST = InputRequired(_l("Please fill this in."))


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """(value, words) as a field of choices wants them."""
    return [SelectChoice(value, words) for value, words in pairs]


def at_most(most: int) -> Length:
    return Length(max=most, message=_l("At most %(max)s characters, please."))


class SignInForm(Form):
    login = StringField(_l("Staff number or phone"), validators=[MUST, at_most(40)])
    password = PasswordField(_l("Password"), validators=[MUST, at_most(200)])
    shop_phone = BooleanField(_l("This is a phone of the shop"))


class JoinForm(Form):
    password = PasswordField(_l("Your new password"), validators=[MUST, at_most(200)])
    shop_phone = BooleanField(_l("This is a phone of the shop"))


class PasswordForm(Form):
    old = PasswordField(_l("Password you have now"), validators=[MUST, at_most(200)])
    password = PasswordField(_l("New password"), validators=[MUST, at_most(200)])


class VersionedForm(Form):
    """A form over a row that two people may edit: it carries the version that was on the screen."""

    version = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])

    def clashes(self, row: Any) -> list[tuple[str, str]]:
        """(label, words on file now) of each field that differs, when the row has moved on; the form then goes by the new version."""
        seen, self.version.data = self.version.data, row.version
        self.version.raw_data = None
        if seen == row.version:
            return []
        both = [field for field in self if field.name != "version" and hasattr(type(row), field.name)]
        found = [(field, self.shown(field, getattr(row, field.name))) for field in both]
        return [(str(field.label.text), words) for field, words in found if bare(words) != bare(self.shown(field, field.data))]

    def shown(self, field: Any, value: Any) -> str:
        """How a value is written in this form: the words of a choice, else itself."""
        words = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
        return str(words.get(value, value or ""))


def bare(words: str) -> str:
    """Spaces and signs make no difference between two versions of a phone number or a name."""
    return "".join(character for character in words if character.isalnum())


class PersonForm(VersionedForm):
    name = StringField(_l("Name"), validators=[MUST, at_most(40)])
    number = StringField(_l("Staff number"), validators=[MUST, at_most(32)])
    phone = StringField(_l("Phone, to sign in with it (not needed)"), validators=[at_most(40)])
    home = "CN"

    def shown(self, field: Any, value: Any) -> str:
        if field.name == "phone" and str(value or "").startswith("+"):
            return contact_values.phone_shown(value, self.home)
        return super().shown(field, value)


class RoleForm(Form):
    """Choices are what the reader may give; a role of the whole chain has an empty store."""

    role = SelectField(_l("Role"), validate_choice=False)
    store = SelectField(_l("Store"), validate_choice=False)


class InviteForm(CreatingForm):
    name = StringField(_l("Name"), validators=[MUST, at_most(40)])
    number = StringField(_l("Staff number"), validators=[MUST, at_most(32)])
    phone = StringField(_l("Phone, to sign in with it (not needed)"), validators=[at_most(40)])
    role = SelectField(_l("Role"), validate_choice=False)
    store = SelectField(_l("Store"), validate_choice=False)


class StoreForm(VersionedForm, CreatingForm):
    name = StringField(_l("Name"), validators=[MUST, at_most(60)])
    address = StringField(_l("Address"), validators=[at_most(200)])
    phone = StringField(_l("Phone"), validators=[at_most(40)])
    hours = StringField(_l("Opening hours"), validators=[at_most(200)])
    time_zone = SelectField(_l("Time zone"), validate_choice=False)
    language = SelectField(_l("Language"), choices=choices(LANGUAGE_WORDS.items()), validate_choice=False)
    region = SelectField(_l("Rules of"), choices=choices(REGION_WORDS.items()), validate_choice=False)
    currency = StringField(_l("Currency"), validators=[MUST, at_most(3)])
    country = SelectField(_l("Phone numbers are from"), validate_choice=False)

    def values(self) -> dict[str, Any]:
        return {name: field.data for name, field in self._fields.items() if name not in ("version", "client_key", "csrf_token")}
