"""The shape of what is asked when customers are taken out of the book."""

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField

from relcrm.customers.export_columns import DEFAULT
from relcrm.customers.export_log import Wish
from relcrm.customers.export_sources import Source
from relcrm.i18n import _l
from relcrm.web.forms import CreatingForm

FORMATS = {"xlsx": _l("Excel"), "csv": _l("CSV"), "vcf": _l("Address cards")}


class ExportForm(CreatingForm):
    """Which columns, what kind of file, and what for."""

    what = HiddenField()
    fields = SelectMultipleField(_l("Columns"), choices=[], validate_choice=False)
    format = RadioField(_l("Kind of file"), choices=[], default="xlsx", validate_choice=False)
    why = StringField(_l("What is it for"))

    def prepare(self, source: Source, keys: list[str]) -> "ExportForm":
        self.what.data = source.what
        self.format.choices = [(key, str(words)) for key, words in FORMATS.items()]
        if not self.is_submitted():
            self.fields.data = [key for key in keys if key in DEFAULT]
        return self

    def wish(self, lang: str) -> Wish:
        return Wish(self.what.data or "", tuple(self.fields.data or ()), self.format.data or "", self.why.data or "", lang)
