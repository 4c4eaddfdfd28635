"""The customers everybody is shown first: found by the examples of the handbook, one for each thing a consent can be."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from relcrm.demo.known import PROFILING, SERVICE
from relcrm.demo.willed import DAY, Teller
from relcrm.demo.words import public_id
from relcrm.demo.world import Known, Person, World

GREETING = "greeting"
MONTH = timedelta(days=30)
OPTIONAL = ("callback", GREETING, PROFILING, "survey", "community")
Line = tuple[str, str, str, object, int, str]  # kind, basis, key, value, months ago, slot


@dataclass(frozen=True)
class Lead:
    """`acts` are (purpose, action, channel, days ago); `lines` what her file holds."""

    name: str
    phone: str
    store: str
    owner: str
    salutation: str
    months: int
    address_as: str = ""
    also: str = ""
    more: tuple[tuple[str, str], ...] = ()
    acts: tuple[tuple[str, str, str, int], ...] = ()
    lines: tuple[Line, ...] = field(default=())


def _said(action: str, days: int, *purposes: str) -> tuple[tuple[str, str, str, int], ...]:
    return tuple((purpose, action, "any", days) for purpose in purposes)


def _born(calendar: str, year: int | None, month: int, day: int) -> dict[str, object]:
    return {"calendar": calendar, "year": year, "month": month, "day": day, "leap": False, "leap_policy": "leap_if_present"}


def _size(category: str, size: str, months: int) -> Line:
    return ("fact", SERVICE, "product_spec", {"category": category, "size": size, "model": "", "fit": ""}, months, category)


LEADS = (
    Lead(
        "王小明", "+8613800003921", "人民路店", "ana", "mr", 15, "小明哥", more=(("wechat", "wxm_1988"),),
        acts=(*_said("grant", 440, "callback", GREETING), *_said("grant", 420, PROFILING), ("marketing", "deny", "any", 440)),
        lines=(
            ("fact", SERVICE, "service_style", ["prepared", "text"], 8, ""), _size("tops", "175/96A", 8), _size("shoes", "260", 13),
            ("fact", GREETING, "birthday", _born("lunar", None, 8, 15), 14, ""),
            ("fact", PROFILING, "colour_pref", {"like": ["mono", "blue"], "avoid": ["bright"]}, 3, ""),
            ("family", PROFILING, "partner", {"nickname": "老周", "band": ""}, 8, ""),
            ("note", SERVICE, "", "试了藏青色的薄外套，袖子要改短两厘米，下周六来取。", 1, ""),
            ("note", SERVICE, "", "老周生日快到了，想挑一条围巾。", 5, ""), ("tag", PROFILING, "老顾客", None, 6, ""),
        ),
    ),
    Lead(
        "María García", "+447400112233", "Marylebone", "106", "ms", 11, "Mrs García", more=(("email", "maria.garcia@example.com"),),
        acts=(*_said("grant", 320, "callback", PROFILING, GREETING), ("marketing", "pending", "email", 300), ("marketing", "confirm", "email", 298)),
        lines=(
            ("fact", SERVICE, "service_style", ["browse"], 8, ""), _size("dresses", "10", 8),
            ("fact", GREETING, "birthday", _born("solar", 1985, 11, 3), 10, ""),
            ("family", PROFILING, "partner", {"nickname": "Tom", "band": ""}, 4, ""),
            ("note", SERVICE, "", "Looking for something for a wedding in June; the green one was close.", 2, ""),
        ),
    ),
    Lead(
        "Cleo Zhou", "+8613800004410", "人民路店", "ana", "ms", 11, "Cleo",
        acts=(*_said("grant", 320, *OPTIONAL), *_said("renew", 100, "survey"), ("marketing", "pending", "sms", 200), ("marketing", "confirm", "sms", 199)),
        lines=(
            ("fact", SERVICE, "service_style", ["introduce", "appointment"], 2, ""), _size("tops", "165/88A", 4), _size("bottoms", "165/70A", 4),
            ("fact", GREETING, "birthday", _born("solar", 1990, 5, 20), 10, ""), ("fact", PROFILING, "pet", ["cat"], 9, ""),
            ("fact", SERVICE, "channel_pref", ["wechat", "sms"], 6, ""), ("family", PROFILING, "partner", {"nickname": "阿杰", "band": ""}, 9, ""),
            ("note", SERVICE, "", "喜欢靠窗那面镜子，试衣时不爱有人在旁边。", 3, ""), ("tag", PROFILING, "羊绒", None, 9, ""),
        ),
    ),
    Lead("Noor Ali", "+8613700005514", "人民路店", "ana", "ms", 6, acts=(*_said("deny", 170, *OPTIONAL), ("marketing", "deny", "any", 170))),
    Lead(
        "欧阳娜", "+8613905712216", "湖滨店", "103", "ms", 4, "欧阳姐", also="人民路店",
        acts=(*_said("grant", 110, PROFILING, GREETING), *_said("withdraw", 5, PROFILING), ("marketing", "pending", "wechat", 3)),
        lines=(
            _size("outerwear", "170/92A", 3), ("fact", PROFILING, "hobbies", {"values": ["travel", "tea"], "texts": []}, 3, ""),
            ("family", PROFILING, "partner", {"nickname": "老郑", "band": ""}, 2, ""), ("fact", GREETING, "birthday", _born("solar", None, 12, 1), 3, ""),
        ),
    ),
    Lead(
        "陈静", "+8613606508816", "人民路店", "ada", "ms", 29, "陈姐",
        acts=(*_said("grant", 850, "callback", GREETING), *_said("grant", 300, "survey"), *_said("supersede", 90, "survey"), *_said("renew", 130, "callback"), *_said("expire", 119, GREETING)),
        lines=(_size("bottoms", "160/66A", 16), ("fact", SERVICE, "fit_note", "裤腰高一些舒服", 12, "")),
    ),
    Lead("曾乐怡", "+8615900008123", "人民路店", "ada", "ms", 5, acts=(*_said("deny", 150, PROFILING), ("marketing", "pending", "sms", 60))),
)  # fmt: skip


def leads(world: World) -> list[Person]:
    """They take the first places of the book, each with an age of her own."""
    return [_person(world, lead, n) for n, lead in enumerate(LEADS)]


def _person(world: World, lead: Lead, n: int) -> Person:
    draw, place = Random(world.seed * 100_000_007 + n), world.place(lead.store)
    owner, created = world.staff[lead.owner], world.now - lead.months * MONTH
    person = Person(
        public_id(draw), lead.name, lead.salutation, lead.address_as, "", place, owner, created, owner, "capture", draw,
        links=[(place.id, created, "capture")], contacts=[("phone", lead.phone, ""), *((kind, value, "") for kind, value in lead.more)],
    )  # fmt: skip
    if lead.also:
        person.links.append((world.place(lead.also).id, created + MONTH, "she_is_here"))
    _told(world, person, lead)
    person.known = []
    for line, (kind, basis, key, value, months, slot) in enumerate(lead.lines, start=1):
        noted = world.now - months * MONTH + 3 * DAY - line * timedelta(minutes=47)
        person.known.append(Known(kind, basis, key, value, noted, owner, noted, slot))
    return person


def _told(world: World, person: Person, lead: Lead) -> None:
    teller, spoken = Teller(world, person), "in_person_verbal"
    teller.act("service", "grant", person.created_at)
    for purpose, action, channel, days in sorted(lead.acts, key=lambda act: -act[3]):
        method = "system" if action in ("expire", "supersede") else "self_service" if action == "confirm" else spoken
        teller.act(purpose, action, world.now - days * DAY, channel=channel, asked=action != "withdraw", method=method)
