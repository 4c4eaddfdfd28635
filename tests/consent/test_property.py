"""Random histories of two files: whatever was granted, refused, edited, shared, merged or taken apart, no surface yields what does not stand.

Seed policy: derandomised, so that every run walks the same histories; RELCRM_HISTORIES sets how many, at random, and then a
history that fails is made as short as it can be.
"""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_babel import force_locale
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from relcrm import clock, db
from relcrm.consent import bound, catalogue, ledger, notices, tasks
from relcrm.consent import rules as consent_rules
from relcrm.consent.models import ConsentState
from relcrm.customers import facts, lists, merge_undo, merging, profile, queries, rules, search, timeline
from relcrm.customers import tasks as customer_tasks
from relcrm.customers.models import Customer, CustomerStore, Fact, FamilyMember, Note, SearchKey, Tag
from relcrm.errors import NotFound, RuleError
from relcrm.staff.models import Store
from tests import factories
from tests.consent.expectation import DAY, SPECIAL, Expected, Merged

HISTORIES = int(os.environ.get("RELCRM_HISTORIES", "0"))
READERS = ("ana", "ada", "ben", "olu", "ari", "hua", "quinn")
PURPOSES = ("greeting", "profiling", *SPECIAL)
# What may be stored: the basis it hangs on, and the value that holds a mark by which it is recognised on every surface.
STORES = {
    "fit_note": ("service", lambda mark: mark),
    "usage_habit": ("service", lambda mark: mark),
    "address": ("service", lambda mark: {"province": "", "city": mark, "district": "", "line": "1", "postcode": "", "use": ["delivery"]}),
    "product_spec": ("service", lambda mark: {"category": "tops", "size": "M", "model": mark, "fit": ""}),
    "important_dates": ("greeting", lambda mark: {"label": mark, "calendar": "solar", "month": 6, "day": 1}),
    "hobbies": ("profiling", lambda mark: {"values": [], "texts": [mark]}),
    "latent_need": ("profiling", lambda mark: {"text": mark, "date": None}),
    "region": ("profiling", lambda mark: {"province": mark, "city": "", "district": ""}),
    "occupation": ("profiling", lambda mark: {"value": "finance", "text": mark}),
    "occupation!": ("special:identity", lambda mark: {"value": "police", "text": mark}),
    "material_avoid": ("special:health", lambda mark: {"values": ["wool"], "texts": [mark]}),
}


class History(RuleBasedStateMachine):
    """Two files of Ana's from their capture on; the steps are about one of them, until somebody turns to the other or merges both.

    `stage` restores the book and moves the clock.
    """

    stage: "Stage"

    @initialize(yes=st.sets(st.sampled_from(PURPOSES)), no=st.sets(st.sampled_from(PURPOSES)))
    def capture(self, yes, no) -> None:
        self.now = self.stage.begin()
        self.marks, self.names, self.alias, self.away = [], set(), None, None
        self.night_is_done = self.notices_are_followed = True
        self.meet("Nia Pan", "+8613955550002")
        nia = self.file()
        self.meet("Mia Tan", "+8613955550001")
        self.expected.cuts, self.expected.versions = nia["expected"].cuts, nia["expected"].versions
        with db.write_tx() as tx:
            one = lists.make(tx, factories.staff("ana"), tx.query(Store).first(), "Spring")
            self.list_id = one.public_id
            for public_id in (nia["public_id"], self.public_id):
                lists.put_on(tx, factories.staff("ana"), one, queries.get(factories.staff("ana"), public_id))
        self.begin_with_a_full_file()
        self.away = nia
        self.turn_to_the_other()
        self.begin_as_was_drawn(yes, no)
        self.turn_to_the_other()

    def meet(self, name, phone) -> None:
        self.expected, self.owner, self.name, self.phone = Expected(), "ana", name, phone
        self.id = factories.meet(name, phone)
        self.public_id = db.session().get(Customer, self.id).public_id
        self.expected.say("service", self.now, True)

    def file(self) -> dict:
        return {key: getattr(self, key) for key in ("expected", "id", "public_id", "owner", "name", "phone")}

    def begin_as_was_drawn(self, yes, no) -> None:
        for purpose in sorted(yes | no):
            self.say(purpose, purpose in yes)
        for name, (basis, _value) in STORES.items():
            if basis == "service" or basis in yes:
                self.tell(name, "one")
        self.note()
        if "profiling" in yes:
            self.tag()
            self.family(False)

    @precondition(lambda self: self.away is not None and self.alias is None)
    @rule()
    def turn_to_the_other(self):
        self.away, mine = self.file(), self.away
        vars(self).update(mine)

    @precondition(lambda self: self.alias is None and self.both_are_here())
    @rule(turned=st.booleans(), theirs=st.booleans())
    def merge(self, turned, theirs):
        if turned:
            self.turn_to_the_other()
        self.tick()
        with db.write_tx() as tx:
            one, other = (queries.get(factories.staff("hua"), public_id) for public_id in (self.public_id, self.away["public_id"]))
            taken = self.in_conflict() if theirs else ()
            versions = (one.customer.version, other.customer.version)
            made = merging.merge(tx, factories.staff("hua"), one, other, merging.Choice(facts=frozenset(taken)), versions=versions)
            self.alias = made.id
        self.expected = Merged(self.expected, self.away["expected"], self.now, theirs=theirs)

    def in_conflict(self):
        """Facts of the other that could stand in the place of hers."""
        query = sa.select(Fact.id).where(Fact.customer_id == self.away["id"])
        return db.session().scalars(query).all()

    @precondition(lambda self: self.alias is not None and self.is_here())
    @rule()
    def undo(self):
        self.tick()
        late = self.now >= self.expected.at + 30 * DAY
        try:
            with db.write_tx() as tx:
                merge_undo.undo(tx, factories.staff("hua"), queries.get(factories.staff("hua"), self.public_id), self.alias)
        except RuleError as refused:
            assert late, refused.code
        else:
            assert not late
            merged, self.alias = self.expected, None
            merged.undo(self.now)
            self.expected, self.away["expected"] = merged.one, merged.other
        self.now += timedelta(seconds=1)
        self.stage.at(self.now)

    @precondition(lambda self: self.alias is None and self.both_are_here())
    @rule(
        turned=st.booleans(),
        theirs=st.booleans(),
        purpose=st.sampled_from(PURPOSES),
        yes=st.sampled_from((True, False, None)),
        name=st.sampled_from(sorted(STORES)),
        days=st.sampled_from((0.3, 14, 16, 29)),
        again=st.booleans(),
    )
    def take_them_for_one(self, turned, theirs, purpose, yes, name, days, again):
        """Merged by mistake: something is said and told, then it is undone; and perhaps it was no mistake."""
        self.merge(turned, theirs)
        if yes is not None:
            self.say(purpose, yes)
        self.tell(name, "one")
        self.wait(days, True)
        self.undo()
        if again and self.alias is None:
            self.merge(not turned, theirs)

    def both_are_here(self) -> bool:
        return self.is_here() and self.away is not None and self.away["expected"].stands("service", self.now)

    def begin_with_a_full_file(self) -> None:
        """Every consent and something of every kind, so that a history has much to lose from its first step on."""
        for purpose in PURPOSES:
            self.say(purpose, True)
        for name in STORES:
            self.tell(name, "one")
        for is_child in (False, True):
            self.family(is_child)
        self.note()
        self.tag()

    def tick(self) -> None:
        self.now += timedelta(seconds=1)
        self.stage.at(self.now)

    def seen(self, number: str) -> queries.Seen:
        return queries.get(factories.staff(number), self.public_id)

    def mark(self) -> str:
        number = len(self.marks)
        self.marks.append("zq" + "".join(chr(97 + number // 26**place % 26) for place in (2, 1, 0)) + "x")
        return self.marks[-1]

    def is_here(self) -> bool:
        return hasattr(self, "expected") and self.expected.stands("service", self.now)

    def act(self, rule_, *parts, **more) -> None:
        self.tick()
        with db.write_tx() as tx:
            rule_(tx, self.id, *parts, actor=factories.staff(self.owner), store_id=1, lang="en", **more)

    @precondition(is_here)
    @rule(purpose=st.sampled_from(PURPOSES), yes=st.booleans())
    def say(self, purpose, yes):
        self.act(consent_rules.answer, purpose, yes, her_own_wish=True)
        self.expected.say(purpose, self.now, yes)

    @precondition(is_here)
    @rule(purpose=st.sampled_from(PURPOSES))
    def take_back(self, purpose):
        stands = self.expected.stands(purpose, self.now + timedelta(seconds=1))
        self.act(consent_rules.withdraw, purpose)
        if stands:
            self.expected.say(purpose, self.now, False)

    @precondition(is_here)
    @rule(purpose=st.sampled_from(PURPOSES), days=st.sampled_from((1, 14, 16)), the_worker_comes=st.booleans())
    def think_it_over(self, purpose, days, the_worker_comes):
        """Taken back and given again some days later."""
        self.take_back(purpose)
        self.wait(days, the_worker_comes)
        self.say(purpose, True)

    @precondition(is_here)
    @rule(purpose=st.sampled_from(PURPOSES))
    def renew(self, purpose):
        try:
            self.act(consent_rules.renew, purpose)
        except RuleError:
            assert not self.expected.stands(purpose, self.now)
        else:
            assert self.expected.stands(purpose, self.now)
            self.expected.say(purpose, self.now, True)

    @precondition(is_here)
    @rule()
    def waits_for_marketing(self):
        self.act(consent_rules.answer, "marketing", True, channel="sms", her_own_wish=True)

    @precondition(lambda self: self.is_here() and len(self.marks) > 4)
    @rule()
    def leave(self):
        self.act(consent_rules.withdraw, "service")
        self.expected.say("service", self.now, False)

    @precondition(lambda self: not self.is_here())
    @rule()
    def come_back(self):
        self.tick()
        with db.write_tx() as tx:
            consent_rules.enrol(tx, self.id, actor=factories.staff(self.owner), store_id=1, lang="en")
        self.expected.say("service", self.now, True)

    def store(self, basis, place, mark, write):
        """Kept exactly when the basis stands; refused otherwise."""
        self.tick()
        try:
            with db.write_tx() as tx:
                write(tx, factories.staff(self.owner), self.seen(self.owner))
        except RuleError as refused:
            assert not self.expected.stands(basis, self.now), (basis, refused.code)
        else:
            assert self.expected.stands(basis, self.now), basis
            self.expected.keep(mark, basis, place)

    @precondition(is_here)
    @rule(name=st.sampled_from(sorted(STORES)), slot=st.sampled_from(("one", "two")))
    def tell(self, name, slot):
        mark, (basis, value), key = self.mark(), STORES[name], name.rstrip("!")
        field = catalogue.field(key)
        slot = facts.slot_of(field, value(mark), slot)
        self.store(
            basis, (key, slot), mark, lambda tx, actor, seen: facts.put_fact(tx, actor, seen, key, value(mark), slot=slot, source="told")
        )

    @precondition(is_here)
    @rule(is_child=st.booleans())
    def family(self, is_child):
        mark = self.mark()
        value = {"value": "3_6" if is_child else "partner", "text": mark}
        if not is_child:
            self.names.add(mark)
        basis = "special:minor" if is_child else "profiling"
        self.store(basis, ("family", mark), mark, lambda tx, actor, seen: facts.add_family(tx, actor, seen, value, is_child=is_child))

    @precondition(is_here)
    @rule()
    def note(self):
        mark = self.mark()
        self.store("service", ("note", mark), mark, lambda tx, actor, seen: facts.add_note(tx, actor, seen, mark))

    @precondition(is_here)
    @rule()
    def tag(self):
        mark = self.mark()
        self.store("profiling", ("tag", mark), mark, lambda tx, actor, seen: facts.add_tag(tx, actor, seen, mark))

    @precondition(is_here)
    @rule(kind=st.sampled_from((Fact, FamilyMember, Tag, Note)), first=st.booleans())
    def take_out(self, kind, first):
        self.tick()
        db.session().rollback()
        rows = db.session().scalars(sa.select(kind).where(kind.customer_id == self.id).order_by(kind.id)).all()
        if not rows:
            return
        row_id, text = rows[0 if first else -1].id, self.words_of(rows[0 if first else -1])
        with db.write_tx() as tx:
            facts.remove(tx, factories.staff(self.owner), self.seen(self.owner), kind, row_id)
        self.expected.values = {mark: value for mark, value in self.expected.values.items() if mark not in text}

    @staticmethod
    def words_of(row) -> str:
        return str(row.value) if isinstance(row, Fact | FamilyMember) else row.name if isinstance(row, Tag) else row.words

    @precondition(is_here)
    @rule(purpose=st.sampled_from(("greeting", "profiling", "special:health")))
    def new_notice(self, purpose):
        self.tick()
        kind = notices.kind_of(purpose)
        with db.write_tx() as tx:
            notices.publish(tx, dict.fromkeys(("legal_name", "legal_address", "privacy_contact"), "x"), kinds=(kind,), changes=(purpose,))
        version = self.expected.versions.get(kind, 1) + 1
        self.expected.versions[kind] = version
        self.expected.cuts.setdefault(purpose, []).append((version, self.now + 30 * DAY))
        self.notices_are_followed = False

    @rule(days=st.sampled_from((0.3, 14, 16, 29, 370, 740)), the_worker_comes=st.booleans())
    def wait(self, days, the_worker_comes):
        """Notices are followed in the 30 days before their date; the other jobs may come late without harm."""
        while days > 0:
            self._job(tasks.follow_notices)
            self.now += timedelta(days=min(days, 29))
            self.stage.at(self.now)
            days -= 29
        self.notices_are_followed = True
        self.night_is_done = the_worker_comes
        if the_worker_comes:
            self._job(tasks.expire)
            self._job(tasks.purge)
            self._job(customer_tasks.forget_merges)

    @staticmethod
    def _job(piece) -> None:
        for _ in range(30):
            with db.write_tx() as tx:
                if piece(tx, None) is None:
                    return
        raise AssertionError(f"{piece.__name__} comes to no end")

    @precondition(is_here)
    @rule()
    def ada_serves_her(self):
        self.tick()
        with db.write_tx() as tx:
            rules.serve(tx, factories.staff("ada"), self.seen("ada"))

    @precondition(is_here)
    @rule(accepts=st.booleans())
    def south_asks(self, accepts):
        self.tick()
        with db.write_tx() as tx:
            her, south = tx.get(Customer, self.id), tx.query(Store).filter_by(name="South").one()
            asked = rules.ask_share(tx, factories.staff("olu"), south, her)
            rules.answer_share(tx, factories.staff("ben"), asked, her, accepts=accepts)

    @precondition(is_here)
    @rule(to=st.sampled_from(("ana", "ada")))
    def hand_on(self, to):
        self.tick()
        with db.write_tx() as tx:
            rules.choose_associate(tx, factories.staff("ben"), self.seen("ben"), factories.staff(to))
        self.owner = to

    # What must hold after every step

    def standing(self) -> set[str]:
        return self.expected.readable(self.now) if self.is_here() else set()

    def marks_in(self, text: str) -> set[str]:
        return {mark for mark in self.marks if mark in text}

    def told_to(self, number: str) -> set[str]:
        """Marks on every page this reader can build, notes with a reason too."""
        reader = factories.staff(number)
        try:
            seen = queries.get(reader, self.public_id)
        except NotFound:
            return set()
        one = profile.build(reader, seen, "en")
        words = [told.words for told in one.facts] + [member.words for member in one.family] + [tag.name for tag in one.tags]
        for kind in ("", "facts", "notes"):
            words += [f"{entry.title} {entry.sub}" for entry in timeline.page(seen, "en", clock.now() + DAY, kind)[0]]
        if seen.sight.of(catalogue.field("notes")) == "reason":
            words += [note.words for note in facts.notes_of(seen)]
        return self.marks_in(" ".join(words))

    @invariant()
    def no_reader_is_told_what_does_not_stand(self):
        others = READERS[3:]
        self.nobody_is_told((*READERS[:3], others[len(self.marks) % len(others)]))

    def nobody_is_told(self, readers):
        db.session().rollback()
        standing, sensitive = self.standing(), {mark for mark, value in self.expected.values.items() if value[0] in SPECIAL}
        for number in readers:
            told = self.told_to(number)
            assert told <= standing, (number, told - standing)
            if number == self.owner:
                assert told == standing, (number, standing - told)
            else:
                assert not told & sensitive, (number, told & sensitive)

    @invariant()
    def no_statement_yields_it(self):
        session = db.session()
        rows = [
            row for kind in (Fact, FamilyMember, Note, Tag) for row in session.scalars(sa.select(kind).where(kind.customer_id == self.id))
        ]
        assert self.marks_in(" ".join(map(self.words_of, rows))) == self.expected.readable(self.now)
        if self.alias is not None:
            left = (
                session.scalars(sa.select(kind.id).where(kind.customer_id == self.away["id"])).all()
                for kind in (Fact, FamilyMember, Note, Tag)
            )
            assert not any(left)

    @invariant()
    def a_nickname_finds_her_only_while_it_stands_and_for_those_who_may_see_it(self):
        standing = self.standing()
        for name in sorted(self.names)[-2:]:
            for number in READERS[:5]:
                found = any(one.id == self.id for one in search.find(factories.staff(number), name).customers)
                assert not found or (name in standing and number in (self.owner, "ben", "olu")), (name, number)
                assert found or name not in standing or number != self.owner, (name, number)

    @invariant()
    def nobody_finds_her_without_the_service_consent(self):
        for number in ("ana", "ben"):
            reader = factories.staff(number)
            typed = (self.name[:3].lower(), "5555", self.phone[1:], *([] if self.alias is None else [self.away["phone"][1:]]))
            found = [any(one.id == self.id for one in search.find(reader, text).customers) for text in typed]
            on_list = any(one.id == self.id for one in lists.members(reader, lists.get(reader, self.list_id), 1)[0])
            assert {*found, on_list} == {self.is_here()}

    @invariant()
    def keys_and_states_follow(self):
        session = db.session()
        keys = set(session.execute(sa.select(SearchKey.store_id, SearchKey.key).where(SearchKey.customer_id == self.id)).all())
        if self.night_is_done or not self.is_here():
            her = session.get(Customer, self.id)
            stores = session.scalars(sa.select(CustomerStore.store_id).where(CustomerStore.customer_id == self.id)).all()
            assert keys == ({(store, key) for store in stores for key in search.expected(her)} if self.is_here() else set())
        for state in session.scalars(sa.select(ConsentState).where(ConsentState.customer_id == self.id)):
            now = ledger.may(self.id, state.purpose, state.channel)
            if state.until is None or state.until > self.now or state.standing not in ("OK", "PENDING"):
                assert (state.standing, state.event_id) == (now.code, now.event_id), (state.purpose, state.channel)
                assert not (now.allowed and self.notices_are_followed) or state.until == now.until

    @invariant()
    def every_row_ends_with_its_consent(self):
        for basis, until in self.stage.ends_of_rows(self.id):
            if self.expected.stands(basis, self.now):
                assert until == ledger.until_of(self.id, basis) or not self.notices_are_followed, basis
            else:
                assert until is None or until <= self.now, basis

    @invariant()
    def her_pages_show_nothing_else_to_her_associate(self):
        file = f"/customers/{self.public_id}"
        self.look_at_pages(self.owner, (file, f"{file}/timeline?kind=notes", "/customers"))

    def look_at_pages(self, number, paths):
        client, standing = self.stage.client(number, self.now), self.standing()
        pages = [client.get(path) for path in paths] + [client.post("/customers/search", data={"q": self.name[:3].lower()})]
        assert {page.status_code for page in pages} <= {200, 403, 404}
        text = " ".join(page.text for page in pages)
        assert self.marks_in(text) <= standing, (number, self.marks_in(text) - standing)
        assert (self.name in text) <= self.is_here()

    def teardown(self):
        """At the end of a history everybody looks at everything."""
        if hasattr(self, "expected"):
            self.nobody_is_told(READERS)
            pages = ("", "/consents", "/facts", "/timeline", "/timeline?kind=facts", "/edit")
            for number in READERS:
                self.look_at_pages(number, [f"/customers/{self.public_id}{page}" for page in pages] + [f"/customers/lists/{self.list_id}"])


class Stage:
    """The book every history begins with, and the clock."""

    def __init__(self, app, at, sign_in, folder: Path) -> None:
        self.at, self.sign_in = at, sign_in
        self.live, self.blank = Path(db.sql.engine.url.database), folder / "begin.db"
        self.start = clock.now() + DAY
        hua = factories.staff("hua")
        with db.write_tx() as tx:
            for purpose in SPECIAL:
                consent_rules.assess(tx, purpose, "decided", True, actor=hua)
            for key in ("material_avoid", "children"):
                consent_rules.switch_field(tx, catalogue.field(key), True, actor=hua)
        self._let_go()
        with db.sqlite3.connect(self.live) as source, db.sqlite3.connect(self.blank) as target:
            source.backup(target)
        source.close()
        target.close()

    def _let_go(self) -> None:
        db.session().close()
        db.sql.engine.dispose()

    def begin(self) -> datetime:
        self._let_go()
        for tail in ("-wal", "-shm"):
            Path(f"{self.live}{tail}").unlink(missing_ok=True)
        shutil.copyfile(self.blank, self.live)
        self.clients = {}
        self.at(self.start)
        return self.start

    def client(self, number: str, now: datetime):
        """Signed in anew when the night has passed since."""
        client, when = self.clients.get(number, (None, now))
        if client is None or now - when > timedelta(hours=6):
            client, when = self.sign_in(number), now
            self.clients[number] = client, when
        return client

    def ends_of_rows(self, customer_id: int) -> list[tuple[str, datetime | None]]:
        """(basis, readable_until) of every row of hers, hidden ones too, but what only waits for an undo."""
        lifted, found = {bound.LIFTED: True}, []
        for kind in bound.kinds():
            query = sa.select(kind.basis, kind.readable_until).where(kind.customer_id == customer_id, kind.held_for.is_(None))
            found += [tuple(row) for row in db.session().execute(query, execution_options=lifted)]
        return found


def test_no_history_makes_any_surface_yield_what_does_not_stand(ctx, at, sign_in, tmp_path, request: pytest.FixtureRequest):
    stage = Stage(ctx, at, sign_in, tmp_path)
    machine = type("HistoryOnStage", (History,), {"stage": stage})
    budget = {"max_examples": HISTORIES or 9, "stateful_step_count": 15, "derandomize": not HISTORIES, "database": None}
    phases = [Phase.generate, Phase.shrink] if HISTORIES else [Phase.generate]
    with force_locale("en"):
        run_state_machine_as_test(
            machine, settings=settings(**budget, phases=phases, deadline=None, suppress_health_check=list(HealthCheck))
        )
