"""The shape of what is typed about customers. Whether it may be kept is for the rules."""

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from relcrm import contact_values
from relcrm.consent import catalogue
from relcrm.consent.purposes import purposes
from relcrm.errors import BadValue
from relcrm.i18n import _, _l
from relcrm.web.forms import CreatingForm, Form

MUST = InputRequired(_l("Please fill this in."))
LONG = Length(max=600, message=_l("That is too long."))
OTHER_CONTACTS = ("wechat", "wecom", "card")
READERS = {"email": contact_values.email, "wechat": contact_values.handle, "wecom": contact_values.handle, "card": contact_values.card}


def kind_label(kind: str) -> str:
    return {
        "phone": _("Phone"), "email": _("E-mail"), "wechat": _("WeChat"), "wecom": _("WeCom"), "card": _("Member card"),
    }[kind]  # fmt: skip


def purpose_short(key: str) -> str:
    """One word for a chip; the full wording stands on the page of consents."""
    return {
        "callback": _("Calls"), "greeting": _("Wishes"), "marketing": _("Offers"), "profiling": _("Suggestions"),
        "community": _("Groups"), "survey": _("Questions"),
    }[key]  # fmt: skip


def channel_label(channel: str) -> str:
    return {
        "phone": _("Phone call"), "sms": _("Text message"), "wechat": _("WeChat"), "wecom": _("WeCom"), "email": _("E-mail"),
        "post": _("Letter"), "inperson": _("In the shop"),
    }[channel]  # fmt: skip


class CaptureForm(CreatingForm):
    """Two fields; everything else may be left as it is."""

    name = StringField(_l("What to call her"), validators=[LONG])
    phone = StringField(_l("Phone"), validators=[LONG])
    other_kind = SelectField(_l("Instead of a phone"), choices=[])
    contact = StringField(_l("WeChat name or card number"), validators=[LONG])
    store = SelectField(_l("Store"), choices=[], validators=[Optional()])
    callback = RadioField(_l("May we call to ask how it wears"), choices=[], default="")
    greeting = RadioField(_l("Birthday and holiday wishes"), choices=[], default="")
    marketing = RadioField(_l("New arrivals and offers"), choices=[], default="")
    profiling = RadioField(_l("Suggestions from what she bought"), choices=[], default="")

    def prepare(self, stores: list[tuple[str, str]]) -> "CaptureForm":
        answers = [("", _("Not asked")), ("yes", _("Yes")), ("no", _("No"))]
        for key in ("callback", "greeting", "marketing", "profiling"):
            self[key].choices = answers
            self[key].label.text = str(purposes()[key].label)
        self.other_kind.choices = [(kind, kind_label(kind)) for kind in OTHER_CONTACTS]
        self.store.choices = stores
        return self

    def contacts(self, country: str) -> list[tuple[str, str]]:
        """The phone, or what stands in its place. Raises BadValue naming the field."""
        found = [("phone", contact_values.phone(self.phone.data, country))] if (self.phone.data or "").strip() else []
        if (self.contact.data or "").strip():
            found.append((self.other_kind.data, read_contact(self.other_kind.data, self.contact.data, country, field="contact")))
        if not found:
            raise BadValue(_l("A phone number, or a WeChat name or card number in its place."), code="no_contact", field="phone")
        return found

    def answers(self) -> dict[str, bool]:
        given = {key: self[key].data for key in ("callback", "greeting", "marketing", "profiling")}
        return {key: value == "yes" for key, value in given.items() if value}


def read_contact(kind: str, text: str, country: str, *, field: str = "value") -> str:
    """One contact in the form in which it is compared. Raises BadValue under this field's name."""
    try:
        return contact_values.phone(text, country) if kind == "phone" else READERS[kind](text)
    except BadValue as error:
        raise BadValue(error.message, code=error.code, field=field) from error


class IdentityForm(Form):
    name = StringField(_l("Name"), validators=[MUST, LONG])
    salutation = SelectField(_l("Form of address"), choices=[])
    address_as = StringField(
        _l("Or in her own words, such as Sister Chen"), validators=[Length(max=20, message=_l("At most 20 characters, please."))]
    )
    language = SelectField(_l("Language she likes"), choices=[])
    version = HiddenField()

    def seen_version(self) -> int:
        """The version that the person had before her; 0 for what is no number, and no row has that."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def prepare(self, lang: str) -> "IdentityForm":
        for field, key in ((self.salutation, "salutation"), (self.language, "preferred_language")):
            field.choices = [("", "—")] + [(c.key, catalogue.label(c, lang)) for c in catalogue.field(key).choices]
        return self


class ContactForm(CreatingForm):
    kind = SelectField(_l("Kind"), choices=[])
    value = StringField(_l("Number, address or name"), validators=[MUST, LONG])
    label = StringField(_l("Whose or when, such as work"), validators=[Length(max=20, message=_l("At most 20 characters, please."))])

    def prepare(self) -> "ContactForm":
        self.kind.choices = [(kind, kind_label(kind)) for kind in ("phone", "email", "wechat", "wecom", "card")]
        return self


class NoteForm(CreatingForm):
    words = TextAreaField(_l("What was talked of"), validators=[Length(max=5000, message=_l("That is too long."))])


class TagForm(CreatingForm):
    name = StringField(_l("Tag"), validators=[LONG])


class ReasonForm(Form):
    reason = StringField(_l("Why"), validators=[MUST, Length(max=120, message=_l("At most 120 characters, please."))])


class ListForm(CreatingForm):
    name = StringField(_l("Name of the list"), validators=[MUST, Length(max=40, message=_l("At most 40 characters, please."))])
    store = SelectField(_l("Store"), choices=[], validators=[Optional()])


class MergeForm(CreatingForm):
    """Which of two stays, and the versions of both (of the one that stays first) that the person looked at."""

    winner = HiddenField()
    versions = HiddenField()

    def seen_versions(self) -> tuple[int, int]:
        """(0, 0) for what are no two numbers; no row has that."""
        parts = (self.versions.data or "").split("-")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
            return 0, 0
        return int(parts[0]), int(parts[1])
