"""The purposes she can be asked about, one by one, as data. Who agreed to what is the ledger's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from relcrm.errors import NotFound
from relcrm.i18n import _l

ANY = "any"
CHANNELS = (ANY, "phone", "sms", "wechat", "wecom", "email", "post", "inperson")
SPECIAL = "special:"


@dataclass(frozen=True, slots=True)
class Purpose:
    """One reason to use her data (DOMAIN 1.2). `validity_months` None: until erasure, or until she leaves.

    `verbal_ok`: a spoken yes counts at once (C-5). `rolls`: each confirmed contact starts the months again.
    `separate`: asked on a screen of its own with its own notice. `label` and `plain` are lazy texts.
    """

    code: str
    key: str
    label: object = field(compare=False)
    plain: object = field(compare=False)
    default_on: bool = False
    verbal_ok: bool = False
    per_channel: bool = False
    validity_months: int | None = None
    rolls: bool = False
    needs_assessment: bool = False
    separate: bool = False
    optional_at_capture: bool = False

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels a consent to this purpose may name."""
        return tuple(c for c in CHANNELS if c != ANY) if self.per_channel else CHANNELS


def _special(group: str, label: object, plain: object) -> Purpose:
    return Purpose("SP", SPECIAL + group, label, plain, validity_months=12, needs_assessment=True, separate=True)


_ORDINARY = (
    Purpose(
        "SVC",
        "service",
        _l("Your purchases and after-sales service"),
        _l("So that we can help with repairs, exchanges and care, and keep your points."),
        default_on=True,
        verbal_ok=True,
    ),
    Purpose(
        "CBK",
        "callback",
        _l("Call to ask how it wears"),
        _l("Some days after you buy we ask whether everything is right. We sell nothing then."),
        verbal_ok=True,
        validity_months=24,
        rolls=True,
        optional_at_capture=True,
    ),
    Purpose(
        "GRT",
        "greeting",
        _l("Wishes on birthdays and holidays"),
        _l("A kind word on the days that matter to you, with no offers in it."),
        verbal_ok=True,
        validity_months=24,
        rolls=True,
        optional_at_capture=True,
    ),
    Purpose(
        "MKT",
        "marketing",
        _l("New arrivals and offers"),
        _l("Shop news, only the way you choose. You confirm it yourself and can stop it at any time."),
        per_channel=True,
        validity_months=12,
        optional_at_capture=True,
    ),
    Purpose(
        "PRF",
        "profiling",
        _l("Suggestions from what I bought"),
        _l("We look at what you bought and told us, to suggest what suits you. It changes no price."),
        verbal_ok=True,
        validity_months=24,
        needs_assessment=True,
    ),
    Purpose(
        "COM",
        "community",
        _l("Customer groups"),
        _l("We may invite you to our chat groups. You are asked for each group and leave when you like."),
    ),
    Purpose(
        "SUR",
        "survey",
        _l("Short questions about our service"),
        _l("Now and then we ask how we did. Answer only if you feel like it."),
        verbal_ok=True,
        validity_months=12,
    ),
)

_SEPARATE = (
    _special(
        "ethnicity",
        _l("Ethnicity"),
        _l("So that we greet you on the right days and respect what you eat and avoid."),
    ),
    _special(
        "health",
        _l("Materials that do not agree with you"),
        _l("So that we can point them out before you wear them."),
    ),
    _special(
        "minor",
        _l("Your child's everyday name and age group"),
        _l("Only to find the right size, and only if you are the parent or guardian."),
    ),
    _special(
        "housing",
        _l("Your home"),
        _l("So that what we suggest fits the rooms you live in."),
    ),
    _special(
        "values",
        _l("What you hold to when you choose things"),
        _l("So that we show you what is made the way you like."),
    ),
    _special(
        "identity",
        _l("Work in the police, the armed forces or the courts"),
        _l("So that we keep to the dress rules of your work."),
    ),
)


@cache
def purposes() -> Mapping[str, Purpose]:
    """Every purpose by key, in the order in which people are asked."""
    return MappingProxyType({p.key: p for p in (*_ORDINARY, *_SEPARATE)})


def purpose(key: str) -> Purpose:
    """Raises NotFound for a key that is none of ours."""
    if key not in purposes():
        raise NotFound(_l("There is no such purpose."), code="unknown_purpose")
    return purposes()[key]
