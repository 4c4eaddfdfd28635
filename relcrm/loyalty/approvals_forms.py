"""What is said with a decision."""

from wtforms import StringField
from wtforms.validators import Length

from relcrm.i18n import _l
from relcrm.web.forms import Form


class DecisionForm(Form):
    said = StringField(_l("A word to who proposed it"), validators=[Length(max=300, message=_l("That is too long."))])
