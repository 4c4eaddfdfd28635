"""Two files of Ana's that may be one person, and what tests of merging do with them."""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import force_locale

from relcrm import clock, db
from relcrm.consent import bound, catalogue
from relcrm.consent import rules as consent_rules
from relcrm.customers import facts, merge_undo, merging, profile, queries, search
from relcrm.customers.models import Customer, Fact, FamilyMember, Note, Tag
from relcrm.errors import NotFound
from tests import factories

DAY = timedelta(days=1)
ALL = dict.fromkeys(factories.OPTIONAL, True)


class Two:
    """Mia (first) and May (second), both met by Ana in North; the clock stands until it is moved."""

    def __init__(self, at, mia=None, may=None):
        self.at, self.now = at, clock.now() + DAY
        self.at(self.now)
        with db.write_tx() as tx:
            for purpose in ("special:health", "special:minor"):
                consent_rules.assess(tx, purpose, "decided", True, actor=factories.staff("hua"))
            for key in ("material_avoid", "children"):
                consent_rules.switch_field(tx, catalogue.field(key), True, actor=factories.staff("hua"))
        self.mia = factories.meet("Mia Tan", "+8613955550001", mia or {})
        self.may = factories.meet("May Tan", "+8613955550002", may or {})

    def later(self, **span):
        self.now += timedelta(**span) if span else timedelta(seconds=1)
        self.at(self.now)

    def seen(self, customer_id, by="ana"):
        public_id = db.session().scalar(sa.select(Customer.public_id).where(Customer.id == customer_id))
        return queries.get(factories.staff(by), public_id)

    def say(self, customer_id, purpose, yes=True, **more):
        self.later()
        with db.write_tx() as tx:
            consent_rules.answer(
                tx, customer_id, purpose, yes, actor=factories.staff("ana"), store_id=1, lang="en", her_own_wish=True, **more
            )

    def withdraw(self, customer_id, purpose):
        self.later()
        with db.write_tx() as tx:
            consent_rules.withdraw(tx, customer_id, purpose, actor=factories.staff("ana"), store_id=1, lang="en")

    def tell(self, customer_id, key, value, slot=""):
        self.later()
        with db.write_tx() as tx:
            facts.put_fact(tx, factories.staff("ana"), self.seen(customer_id), key, value, slot=slot)
        return self.fact(customer_id, key).id

    def note(self, customer_id, words):
        self.later()
        with db.write_tx() as tx:
            facts.add_note(tx, factories.staff("ana"), self.seen(customer_id), words)

    def merge(self, winner=None, loser=None, *, by="ana", own=(), take=(), versions=None):
        """The id of the merge; without names May goes into Mia."""
        winner, loser = winner or self.mia, loser or self.may
        self.later()
        with db.write_tx() as tx:
            one, other = self.seen(winner, by), self.seen(loser, by)
            versions = versions or (one.customer.version, other.customer.version)
            choice = merging.Choice(frozenset(own), frozenset(take))
            made = merging.merge(tx, factories.staff(by), one, other, choice, versions=versions)
            return made.id

    def undo(self, alias_id, winner=None, *, by="ana"):
        self.later()
        with db.write_tx() as tx:
            return merge_undo.undo(tx, factories.staff(by), self.seen(winner or self.mia, by), alias_id)

    def is_there(self, customer_id, by="ana"):
        try:
            return self.seen(customer_id, by) is not None
        except NotFound:
            return False

    @staticmethod
    def fact(customer_id, key):
        return db.session().scalar(sa.select(Fact).where(Fact.customer_id == customer_id, Fact.key == key))

    def values(self, customer_id):
        """{field: value} of what may be read of that record."""
        db.session().rollback()
        return {row.key: row.value for row in db.session().scalars(sa.select(Fact).where(Fact.customer_id == customer_id))}

    def told(self, customer_id):
        """Everything that Ana's page of her says."""
        db.session().rollback()
        with force_locale("en"):
            one = profile.build(factories.staff("ana"), self.seen(customer_id), "en")
        words = [told.words for told in one.facts] + [member.words for member in one.family] + [tag.name for tag in one.tags]
        return {*words, *(contact.shown for contact in one.contacts), *(note.words for note in facts.notes_of(one.seen))}

    @staticmethod
    def finds(text):
        db.session().rollback()
        return {customer.name for customer in search.find(factories.staff("ana"), text).customers}

    @staticmethod
    def rows_left(customer_id, basis=None):
        """How many bound rows there are, hidden ones too."""
        return sum(
            len(
                db.session()
                .execute(
                    sa.select(kind.id).where(kind.customer_id == customer_id, *([kind.basis == basis] if basis else [])),
                    execution_options={bound.LIFTED: True},
                )
                .all()
            )
            for kind in (Fact, FamilyMember, Note, Tag)
        )
