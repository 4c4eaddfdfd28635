"""What a made-up customer's file holds: facts, family, notes and tags, each told while its consent stood."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from relcrm.consent import catalogue
from relcrm.consent.ledger import Standing
from relcrm.demo.words import words
from relcrm.demo.world import Known, Person, World

OLDEST = timedelta(days=610)
GREETING, PROFILING, SERVICE = "greeting", "profiling", "service"
Maker = Callable[[Random, str], Any]


@cache
def _answers(key: str) -> tuple[str, ...]:
    """The choices a demo may use: none that is blocked or needs a consent of its own."""
    field = catalogue.field(key)
    barred = {*field.blocked_choices, *field.exclusive_choices, *field.sensitive_choices, "14_17"}
    return tuple(choice.key for choice in field.choices if choice.key not in barred)


def _one(key: str) -> Maker:
    return lambda draw, _lang: draw.choice(_answers(key))


def _some(key: str, most: int) -> Maker:
    """In the order of the catalogue, as a form gives them."""

    def make(draw: Random, _lang: str) -> list[str]:
        chosen = set(draw.sample(_answers(key), draw.randint(1, most)))
        return [answer for answer in _answers(key) if answer in chosen]

    return make


def _text(key: str) -> Maker:
    return lambda draw, lang: draw.choice(words()["text"][lang][key])


def birthday(draw: Random, lang: str) -> dict[str, Any]:
    """Whole, without year, the month alone, or lunar; never a day that some year lacks."""
    lunar = lang == "zh" and draw.random() < 0.3
    year = draw.randint(1948, 2004) if draw.random() < 0.4 else None
    day = draw.randint(1, 29 if lunar else 28) if draw.random() < 0.92 else None
    return {
        "calendar": "lunar" if lunar else "solar", "year": year, "month": draw.randint(1, 12), "day": day,
        "leap": False, "leap_policy": "leap_if_present",
    }  # fmt: skip


def _region(draw: Random, lang: str) -> dict[str, str]:
    return dict(zip(("province", "city", "district"), draw.choice(words()["places"][lang]), strict=True))


def _address(draw: Random, lang: str) -> dict[str, Any]:
    street = draw.choice(words()["streets"][lang]) % draw.randint(2, 320)
    return {**_region(draw, lang), "line": street, "postcode": "" if lang == "zh" else "W1U 5AA", "use": ["delivery"]}


def _colours(draw: Random, _lang: str) -> dict[str, list[str]]:
    like = _some("colour_pref", 2)(draw, "")
    avoid = [colour for colour in _some("colour_pref", 1)(draw, "") if colour not in like]
    return {"like": like, "avoid": avoid if draw.random() < 0.4 else []}


def _times(draw: Random, _lang: str) -> dict[str, list[str]]:
    return {
        "weekday": [draw.choice(("18:00-20:00", "12:00-13:30", "10:00-11:30"))],
        "weekend": [draw.choice(("10:00-12:00", "14:00-17:00"))] if draw.random() < 0.6 else [],
        "avoid": ["21:00-09:00"] if draw.random() < 0.3 else [],
    }


# key, how many of a hundred have it while its consent stands, how it is made
FACTS: tuple[tuple[str, float, Maker], ...] = (
    ("birthday", 72, birthday),
    ("festival_pref", 14, _some("festival_pref", 3)),
    ("important_dates", 7, lambda draw, lang: {"label": _text("important_dates")(draw, lang), "calendar": "solar", "month": draw.randint(1, 12), "day": draw.randint(1, 28)}),
    ("address", 9, _address),
    ("fit_note", 12, _text("fit_note")),
    ("dress_code", 8, _one("dress_code")),
    ("home_conditions", 7, _some("home_conditions", 2)),
    ("service_style", 24, _some("service_style", 2)),
    ("decision_factor", 16, _some("decision_factor", 2)),
    ("usage_habit", 6, _text("usage_habit")),
    ("pain_point", 7, _text("pain_point")),
    ("channel_pref", 14, lambda draw, _lang: draw.sample(_answers("channel_pref"), draw.randint(1, 2))),
    ("contact_time", 11, _times),
    ("region", 20, _region),
    ("gender", 16, _one("gender")),
    ("age_band", 18, _one("age_band")),
    ("work_status", 12, _one("work_status")),
    ("occupation", 10, lambda draw, lang: {"value": draw.choice(_answers("occupation")), "text": _text("occupation")(draw, lang) if draw.random() < 0.3 else ""}),
    ("household", 9, _one("household")),
    ("pet", 8, _some("pet", 1)),
    ("comm_style", 14, _one("comm_style")),
    ("consumption_habit", 10, _some("consumption_habit", 2)),
    ("latent_need", 7, lambda draw, lang: {"text": _text("latent_need")(draw, lang), "date": None}),
    ("colour_pref", 22, _colours),
    ("hobbies", 12, lambda draw, _lang: {"values": _some("hobbies", 3)(draw, ""), "texts": []}),
    ("lifestyle", 10, _some("lifestyle", 2)),
    ("source", 15, _one("source")),
)  # fmt: skip
SIZED, BUDGETED, FAMILY, NOTED, TAGGED = 46, 8, 26, 20, 16


def known(world: World, person: Person, held: Mapping[str, Standing]) -> list[Known]:
    """Everything in her file. `held` are the purposes whose values lie in the book: standing, or ended less than 15 days ago."""
    clerk = _Clerk(world, person, held)
    for key, percent, make in FACTS:
        basis = catalogue.field(key).basis
        if basis in held and clerk.chance(percent):
            clerk.note("fact", basis, key, make(person.draw, person.place.language), slot="1" if key == "important_dates" else "")
    if SERVICE in held:
        clerk.sizes()
        clerk.notes()
    if PROFILING in held:
        clerk.people_of_hers()
    return clerk.found


class _Clerk:
    """Writes the lines of one file."""

    def __init__(self, world: World, person: Person, held: Mapping[str, Standing]) -> None:
        self.now, self.person, self.held = world.now, person, held
        self.draw, self.lang = person.draw, person.place.language
        self.found: list[Known] = []

    def chance(self, percent: float) -> bool:
        return self.draw.random() * 100 < percent

    def note(self, kind: str, basis: str, key: str, value: object, *, slot: str = "") -> None:
        noted, confirmed = self._when(basis)
        by = self.person.owner_id or self.person.created_by
        source = (
            "imported" if self.person.how == "import" else "estimated" if key == "age_band" else "told" if self.chance(84) else "observed"
        )
        self.found.append(Known(kind, basis, key, value, noted, by, confirmed, slot, source))

    def _when(self, basis: str) -> tuple[datetime, datetime]:
        """Between her yes and now (or the end of it), twenty months ago at most; one in four was confirmed since."""
        standing = self.held[basis]
        last = self.now if standing.allowed else standing.since or self.now
        since = self.person.created_at if basis == SERVICE or not standing.allowed else standing.since or self.now
        noted = self._within(max(since, self.now - OLDEST), last)
        return noted, self._within(noted, last) if self.chance(25) else noted

    def _within(self, first: datetime, last: datetime) -> datetime:
        span = int((last - first).total_seconds())
        return first + timedelta(seconds=self.draw.randrange(span)) if span > 0 else first

    def sizes(self) -> None:
        sizes = words()["sizes"][self.lang]
        if self.chance(SIZED):
            for category in self.draw.sample(list(sizes), self.draw.choice((1, 1, 2))):
                value = {"category": category, "size": self.draw.choice(sizes[category]), "model": "", "fit": ""}
                self.note("fact", SERVICE, "product_spec", value, slot=category)
        if self.chance(BUDGETED):
            self.note(
                "fact",
                SERVICE,
                "budget_band",
                {"value": self.draw.choice(_answers("budget_band")), "category": "outerwear"},
                slot="outerwear",
            )

    def notes(self) -> None:
        while self.chance(NOTED):
            self.note("note", SERVICE, "", self.draw.choice(words()["notes"][self.lang]))

    def people_of_hers(self) -> None:
        family = words()["family"][self.lang]
        if self.chance(FAMILY):
            role = "partner" if self.chance(60) else self.draw.choice(list(family))
            self.note("family", PROFILING, role, {"nickname": self.draw.choice(family[role]), "band": ""})
        if self.chance(TAGGED):
            for tag in self.draw.sample(words()["tags"][self.lang], self.draw.choice((1, 1, 2))):
                self.note("tag", PROFILING, tag, None)
