"""What a made-up customer agreed to, refused, took back, renewed or let run out, in the order in which it happened."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from relcrm.consent import ledger
from relcrm.consent.purposes import ANY
from relcrm.demo.world import Act, Person, World

DAY = timedelta(days=1)
OFFERS = json.dumps({"most_a_month": 2, "types": ["new_arrivals", "offers"]}, sort_keys=True)
# By purpose: how many of a hundred were asked, and how many of those said yes.
ASKED = {"callback": (82, 74), "greeting": (78, 78), "profiling": (66, 68), "survey": (48, 55), "community": (22, 45)}
MARKETING_ASKED, MARKETING_YES = 52, 55


@dataclass(slots=True)
class Teller:
    """Tells the story of one person up to now; what would come later is not told."""

    world: World
    person: Person

    def chance(self, percent: float) -> bool:
        return self.person.draw.random() * 100 < percent

    def between(self, first: datetime, last: datetime) -> datetime:
        """Some whole second after the first instant and before the last (or one second after the first)."""
        span = int((last - first).total_seconds())
        return first + timedelta(seconds=self.person.draw.randrange(1, max(2, span)))

    def act(
        self, purpose: str, action: str, at: datetime, *, channel: str = ANY, asked: bool = True, method: str = "in_person_verbal"
    ) -> None:
        person, by_system = self.person, method == "system"
        self.person.acts.append(
            Act(
                purpose, channel, action, at, method,
                "system" if by_system else "customer" if method in ("self_service", "sms_reply") else "staff",
                person.created_by if method in ("in_person_verbal", "import_legacy") else None,
                person.place.id, asked and not by_system, person.place.language,
                OFFERS if purpose == "marketing" and action in ("pending", "confirm") else "{}",
                ledger.valid_until(purpose, action, at), self.world.told(person.place.language, at),
            )
        )  # fmt: skip

    def story(self) -> None:
        """Everything she ever said, oldest first; what happened in one instant in the order it was said."""
        person = self.person
        imported = person.how == "import"
        self.act("service", "grant", person.created_at, method="import_legacy" if imported else "in_person_verbal")
        if imported and self.chance(40):
            self.act("callback", "import", person.created_at, method="import_legacy", asked=False)
        for purpose, (asked, yes) in ASKED.items():
            if self.chance(asked):
                self.asked(purpose, yes)
        if self.chance(MARKETING_ASKED):
            self.marketing()
        if self.chance(0.7):
            self.act("service", "withdraw", self.between(person.created_at, self.world.now), asked=False)
            gone = person.acts[-1].occurred_at
            person.acts[:] = [act for act in person.acts if act.occurred_at <= gone]
        person.acts.sort(key=lambda act: act.occurred_at)

    def asked(self, purpose: str, yes: float) -> None:
        created, now = self.person.created_at, self.world.now
        at = created if self.chance(70) and self.person.how != "import" else self.between(created, now)
        if self.chance(yes):
            self.opened(purpose, at, "grant")
            return
        self.act(purpose, "deny", at)
        if self.chance(6):
            wished = self.between(at, now)
            self.act(purpose, "grant", wished, asked=False)
            self.afterwards(purpose, wished)

    def opened(self, purpose: str, at: datetime, action: str, channel: str = ANY, method: str = "in_person_verbal") -> None:
        self.act(purpose, action, at, channel=channel, method=method)
        self.afterwards(purpose, at, channel)

    def afterwards(self, purpose: str, at: datetime, channel: str = ANY) -> None:
        """How a consent that stands since `at` went on: taken back, overtaken by a new notice, renewed, run out, or standing."""
        until, now = ledger.valid_until(purpose, "grant", at), self.world.now
        cut = self._cut(purpose, at)
        end = min(one for one in (until, cut, now) if one is not None)
        if self.chance(9):
            self.act(purpose, "withdraw", self.between(at, end), channel=channel, asked=False)
        elif cut is not None and end == cut:
            self._overtaken(purpose, at, cut, channel)
        elif until is not None and until <= now:
            self._ran_out(purpose, at, until, channel)

    def _cut(self, purpose: str, at: datetime) -> datetime | None:
        version = self.world.told(self.person.place.language, at).version
        later = [effective for changed, effective in self.world.cuts.get(purpose, ()) if changed > version]
        return min(later, default=None)

    def _overtaken(self, purpose: str, at: datetime, cut: datetime, channel: str) -> None:
        if self.chance(45):
            again = self.between(max(at, cut - 28 * DAY), cut)
            self.opened(purpose, again, "renew", channel)
        else:
            self.act(purpose, "supersede", cut, channel=channel, method="system")

    def _ran_out(self, purpose: str, at: datetime, until: datetime, channel: str) -> None:
        if self.chance(60):
            self.opened(purpose, self.between(max(at, until - 40 * DAY), until), "renew" if purpose != "marketing" else "confirm", channel)
        else:
            self.act(purpose, "expire", until, channel=channel, method="system")

    def marketing(self) -> None:
        """A spoken yes waits seven days for her own confirmation; a no holds for every channel."""
        created, now, draw = self.person.created_at, self.world.now, self.person.draw
        at = self.between(now - 6 * DAY, now) if self.chance(4) else created if self.chance(70) else self.between(created, now)
        if at < created or not self.chance(MARKETING_YES):
            self.act("marketing", "deny", max(at, created))
            return
        channel = draw.choice(("sms", "sms", "wechat", "email") if self.person.place.language == "zh" else ("email", "email", "sms"))
        self.act("marketing", "pending", at, channel=channel)
        confirmed = self.between(at, at + 6 * DAY)
        if confirmed < now and self.chance(66):
            self.opened("marketing", confirmed, "confirm", channel, "sms_reply" if channel == "sms" else "self_service")
