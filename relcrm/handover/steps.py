"""The steps of a handover in their order, and which of them concern a purchase. Data and pure questions; what was done is rules."""

from collections.abc import Collection
from dataclasses import dataclass

from relcrm.i18n import _l

COUNT, LOOK, PARTS, FUNCTION, SAME, CARE, PROMISE, PAPERS, CARD, CALL, EXTRAS, DOOR = (
    "count", "look", "parts", "function", "same", "care", "promise", "papers", "card", "call", "extras", "door",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """`asks` is what to do or say; a `may_fail` step can find a problem; an `optional` one is not missed when it is left out."""

    key: str
    title: object
    asks: object
    may_fail: bool = False
    optional: bool = False


# DOMAIN §7.1; washing and storage are one tap, because one note tells both.
STEPS = (
    Step(COUNT, _l("Count the pieces before her"), _l("Aloud, one by one"), may_fail=True),
    Step(LOOK, _l("Open and look at every piece"), _l("Fabric, seams, print"), may_fail=True),
    Step(PARTS, _l("Small parts"), _l("Buttons, zip, what belongs to it"), may_fail=True),
    Step(FUNCTION, _l("Try it once"), _l("Pull, close, switch on"), may_fail=True),
    Step(SAME, _l("Size and colour are those she tried"), _l("Compare the label"), may_fail=True),
    Step(CARE, _l("Washing and storage explained"), _l("With a finger on the label")),
    Step(PROMISE, _l("After-sales promise"), _l("How long, with whom, how soon an answer")),
    Step(PAPERS, _l("Receipt and warranty card"), _l("Put where she finds them")),
    Step(CARD, _l("Contact card handed over"), _l("Now that it is paid")),
    Step(CALL, _l("“May I ask in a few days how it does?”"), _l("Her answer, as she gives it")),
    Step(EXTRAS, _l("Wrap, carry, weather"), _l("What you did beyond"), optional=True),
    Step(DOOR, _l("Thanked, to the door"), _l("Two steps with her")),
)
KEYS = frozenset(step.key for step in STEPS)
# Kinds of goods of which nothing is tried out: they have no fastener and no switch.
NOTHING_TO_TRY = frozenset({"bedding", "skincare", "hats", "gloves", "underwear"})
EXTRA_WORDS: dict[str, object] = {
    "gift_wrap": _l("Gift wrap"),
    "carry": _l("Carried to the car"),
    "rain": _l("Rain cover"),
    "alter": _l("Altered"),
    "button": _l("Button or hem secured"),
    "deliver": _l("Delivered home"),
}


def named(key: str) -> Step:
    """Raises StopIteration for a key that is none of ours."""
    return next(step for step in STEPS if step.key == key)


def for_goods(categories: Collection[str]) -> tuple[Step, ...]:
    """The steps for goods of these kinds."""
    nothing = bool(categories) and all(category in NOTHING_TO_TRY for category in categories)
    return tuple(step for step in STEPS if not (nothing and step.key == FUNCTION))
