"""The shape of choosing a customer file and saying what its columns are."""

from collections.abc import Mapping, Sequence

from wtforms import DateField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from relcrm.consent.purposes import purpose
from relcrm.customers.columns import SKIP
from relcrm.customers.rows import PURPOSES
from relcrm.i18n import _l
from relcrm.staff.models import Store
from relcrm.web.forms import CreatingForm, FileField, FileRequired, Form


class FileForm(CreatingForm):
    """`store` is asked only of who brings files into several."""

    file = FileField(_l("Your customer file"), validators=[FileRequired(_l("Choose the file first."))])
    store = SelectField(_l("For which store?"), validate_choice=True)

    def offer(self, stores: Sequence[Store]) -> None:
        self.store.choices = [(store.public_id, store.name) for store in stores]
        if len(stores) == 1:
            self.store.validate_choice, self.store.data = False, stores[0].public_id


class PaperForm(Form):
    """Which purposes the signed paper covers, what it says, and since when everybody has signed it."""

    purposes = SelectMultipleField(
        _l("What they agreed to"), choices=[SelectChoice(key, purpose(key).label) for key in PURPOSES], validate_choice=False
    )
    words = TextAreaField(_l("What the paper says"))
    scan = FileField(_l("Or a scan of it"))
    signed_on = DateField(_l("Signed since"), validators=[Optional()])


class MappingForm(Form):
    """One select a column, named `column-<index>`; how many there are, the file says."""

    @staticmethod
    def chosen(typed: Mapping[str, str], width: int) -> list[str]:
        return [typed.get(f"column-{index}", SKIP) for index in range(width)]
