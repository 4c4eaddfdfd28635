"""The shape of choosing a file of receipts and saying what it is."""

from wtforms import StringField
from wtforms.validators import Length

from relcrm.customers.import_forms import FileForm, MappingForm
from relcrm.i18n import _l
from relcrm.receipts.importing import SOURCE_LONGEST
from relcrm.web.forms import FileField, FileRequired


class ReceiptFileForm(FileForm):
    file = FileField(_l("Your file of receipts"), validators=[FileRequired(_l("Choose the file first."))])


class ReceiptMappingForm(MappingForm):
    source = StringField(_l("Which till are they from?"), validators=[Length(max=SOURCE_LONGEST)])
