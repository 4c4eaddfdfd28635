"""Which withdrawal hides what: written by hand from DOMAIN §1.3 (column "consent"), held against the running program."""

import pytest
import sqlalchemy as sa

from relcrm import clock, db
from relcrm.consent import catalogue, ledger
from relcrm.consent import rules as consent_rules
from relcrm.customers import facts, profile, queries, rules, search, timeline
from relcrm.customers.models import Fact, FamilyMember, Note
from relcrm.errors import NotFound, RuleError
from tests import factories

# field: the purpose whose withdrawal alone makes it unreadable. Service hides every one of them, for then nobody finds her.
GOLDEN = """
name service              salutation service        phone service             preferred_language service
birthday greeting         address service           region profiling          email service
wechat service            gender profiling          age_band profiling        ethnicity special:ethnicity
festival_pref greeting    product_spec service      fit_note service          material_avoid special:health
spend service             work_status profiling     occupation profiling      dress_code service
household profiling       family_members profiling  children special:minor    pet profiling
housing special:housing   home_conditions service   comm_style profiling      service_style service
consumption_habit profiling  budget_band service    decision_factor service   usage_habit service
pain_point service        latent_need profiling     colour_pref profiling     hobbies profiling
lifestyle profiling       channel_pref service      contact_time service      promo_acceptance service
values special:values     important_dates greeting  referred_by profiling     source profiling
community community       closest_associate service  notes service            pause_until service
"""
HIDDEN_BY = dict(zip(GOLDEN.split()[::2], GOLDEN.split()[1::2], strict=True))
SENSITIVE = ("ethnicity", "health", "minor", "housing", "values", "identity")
ORDINARY = ("service", "callback", "greeting", "marketing", "profiling", "community", "survey")
PURPOSES = (*ORDINARY, *(f"special:{group}" for group in SENSITIVE))
# What the program works out by itself and no rule stores yet.
DERIVED = {"spend", "promo_acceptance", "community"}

VALUES = {
    "birthday": {"calendar": "solar", "year": 1980, "month": 5, "day": 4, "leap": False, "leap_policy": "regular"},
    "address": {"province": "Zhejiang", "city": "Hangzhou", "district": "", "line": "1 Lake Road", "postcode": "", "use": ["delivery"]},
    "region": {"province": "Zhejiang", "city": "Hangzhou", "district": ""},
    "gender": "female", "age_band": "35_44", "ethnicity": "hui", "festival_pref": ["cny"],
    "product_spec": {"category": "tops", "size": "M", "model": "", "fit": ""}, "fit_note": "long arms",
    "material_avoid": {"values": ["wool"], "texts": []}, "work_status": "retired", "occupation": {"value": "finance", "text": ""},
    "dress_code": "formal", "household": "two", "pet": ["cat"], "housing": "own", "home_conditions": ["damp"], "comm_style": "direct",
    "service_style": ["browse"], "consumption_habit": ["planned"], "budget_band": {"category": "tops", "value": "high"},
    "decision_factor": ["comfort"], "usage_habit": "at the weekend", "pain_point": "buttons come off",
    "latent_need": {"text": "a coat for the spring", "date": None}, "colour_pref": {"like": ["blue"], "avoid": ["red"]},
    "hobbies": {"values": ["tea"], "texts": []}, "lifestyle": ["early"], "channel_pref": ["phone"],
    "contact_time": {"weekday": ["18:00-20:00"], "weekend": [], "avoid": []}, "values": ["handmade"],
    "important_dates": {"label": "the day they met", "calendar": "solar", "month": 6, "day": 1}, "referred_by": "abc", "source": "passing",
}  # fmt: skip
CONTACTS = [("phone", "+8613900001111"), ("email", "bao@example.com"), ("wechat", "baobao88")]


@pytest.fixture
def full(ctx):
    """The public id of a customer of Ana's with every consent and a value in every field that can be stored."""
    ana, hua = factories.staff("ana"), factories.staff("hua")
    with db.write_tx() as tx:
        for group in SENSITIVE:
            consent_rules.assess(tx, f"special:{group}", "decided", True, actor=hua)
        for key, field in catalogue.fields().items():
            if field.off_by_default:
                consent_rules.switch_field(tx, catalogue.field(key), True, actor=hua)
        north = queries.stores_of(ana, "associate")[0]
        her = rules.capture(tx, ana, north, rules.Newcomer("Bao Li", CONTACTS, salutation="ms"), lang="en")
        her.language, her.pause_until = "en", clock.today("UTC")
        for purpose in PURPOSES[1:]:
            channel = "sms" if purpose == "marketing" else "any"
            ledger.append(tx, her.id, purpose, "grant", channel=channel, method="signed_paper", lang="en", actor=ana)
        seen = queries.get(ana, her.public_id)
        for key, value in VALUES.items():
            facts.put_fact(tx, ana, seen, key, value, slot=facts.slot_of(catalogue.field(key), value, ""))
        facts.add_family(tx, ana, seen, {"value": "partner", "text": "Bobo"}, is_child=False)
        facts.add_family(tx, ana, seen, {"value": "3_6", "text": "Duoduo"}, is_child=True)
        facts.add_note(tx, ana, seen, "talked of linen")
        return her.public_id


def _withdraw(public_id, purpose):
    with db.write_tx() as tx:
        seen = queries.get(factories.staff("ana"), public_id)
        consent_rules.withdraw(tx, seen.customer.id, purpose, actor=factories.staff("ana"), store_id=None, lang="en")


def _shown(public_id):
    """Keys of the fields that Ana, her associate, reads in profile and timeline."""
    ana = factories.staff("ana")
    seen = queries.get(ana, public_id)
    one = profile.build(ana, seen, "en")
    found = {told.field.key for told in one.facts if told.words}
    found |= {"children" if member.is_child else "family_members" for member in one.family if member.words}
    found |= {contact.row.kind for contact in one.contacts if contact.shown}
    told = {
        "name": one.name, "salutation": seen.customer.salutation, "preferred_language": seen.customer.language,
        "closest_associate": one.associate, "pause_until": seen.customer.pause_until,
        "notes": [entry for entry in timeline.page(seen, "en", clock.now(), "notes")[0] if entry.title],
    }  # fmt: skip
    return found | {key for key, value in told.items() if value}


def _selected():
    """Keys of what plain statements yield, whoever asks."""
    session = db.session()
    family = {"children" if role == "child" else "family_members" for role in session.scalars(sa.select(FamilyMember.role))}
    notes = {"notes" for _ in session.scalars(sa.select(Note.words))}
    return set(session.scalars(sa.select(Fact.key))) | family | notes


def test_the_table_has_a_row_for_each_of_the_48_fields():
    assert list(HIDDEN_BY) == list(catalogue.fields())
    assert len(HIDDEN_BY) == 48
    assert set(HIDDEN_BY.values()) <= set(PURPOSES)


def test_with_every_consent_every_field_is_readable(full):
    assert _shown(full) == set(HIDDEN_BY) - DERIVED
    assert _selected() == {*VALUES, "family_members", "children", "notes"}


@pytest.mark.parametrize("purpose", PURPOSES[1:])
def test_a_withdrawal_hides_exactly_what_the_table_says(full, purpose):
    _withdraw(full, purpose)
    stays = {key for key, hidden_by in HIDDEN_BY.items() if hidden_by != purpose}
    assert _shown(full) == stays - DERIVED
    assert _selected() == stays & {*VALUES, "family_members", "children", "notes"}


@pytest.mark.parametrize("purpose", PURPOSES[1:])
def test_a_withdrawal_takes_her_nickname_from_the_search_only_with_its_basis(full, purpose):
    _withdraw(full, purpose)
    ana = factories.staff("ana")
    assert bool(search.find(ana, "bobo").customers) is (purpose != "profiling")
    assert [her.name for her in search.find(ana, "Bao").customers] == ["Bao Li"]
    assert search.find(ana, "duoduo").customers == []


def test_without_the_service_consent_nobody_finds_her_at_all(full):
    _withdraw(full, "service")
    for number in ("ana", "ada", "ben", "olu", "ari", "hua", "quinn"):
        reader = factories.staff(number)
        with pytest.raises(NotFound):
            queries.get(reader, full)
        for typed in ("Bao", "bobo", "1111", "13900001111", "baobao88", "bao@example.com"):
            assert search.find(reader, typed).customers == [], (number, typed)
    assert _selected() == {key for key, hidden_by in HIDDEN_BY.items() if hidden_by != "service"} - DERIVED


def test_a_sensitive_choice_of_an_ordinary_field_hangs_on_its_own_consent(full):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        facts.put_fact(tx, ana, queries.get(ana, full), "occupation", {"value": "police", "text": ""})
    _withdraw(full, "profiling")
    assert "occupation" in _shown(full)
    _withdraw(full, "special:identity")
    assert "occupation" not in _shown(full) | _selected()


@pytest.mark.parametrize("number", ["ben", "ada"])
def test_a_sensitive_choice_is_for_her_associate_alone(full, number):
    ana, other = factories.staff("ana"), factories.staff(number)
    with db.write_tx() as tx:
        facts.put_fact(tx, ana, queries.get(ana, full), "occupation", {"value": "judiciary", "text": ""})
        rules.serve(tx, other, queries.get(other, full))
    seen = queries.get(other, full)
    shown = {told.field.key for told in profile.build(other, seen, "en").facts}
    assert "work_status" in shown
    assert not shown & {"occupation", "ethnicity", "material_avoid", "housing", "values"}
    labels = {entry.title for entry in timeline.page(seen, "en", clock.now(), "facts")[0]}
    assert not labels & {catalogue.field(key).en for key in ("occupation", "ethnicity", "material_avoid", "housing", "values")}


@pytest.mark.parametrize("key", sorted(DERIVED))
def test_what_is_worked_out_cannot_be_stored(full, key):
    ana = factories.staff("ana")
    with db.write_tx() as tx, pytest.raises(RuleError) as refused:
        facts.put_fact(tx, ana, queries.get(ana, full), key, "x")
    assert refused.value.code == "field_off"
    assert catalogue.field(key).basis == HIDDEN_BY[key]


@pytest.mark.parametrize("key", [key for key in VALUES if HIDDEN_BY[key] != "service"])
def test_without_its_consent_no_field_can_be_stored(full, key):
    """Acceptance test 7 for every field: refused, and with the reason of the ledger."""
    hidden_by = HIDDEN_BY[key]
    _withdraw(full, hidden_by)
    ana = factories.staff("ana")
    with db.write_tx() as tx, pytest.raises(RuleError) as refused:
        facts.put_fact(tx, ana, queries.get(ana, full), key, VALUES[key])
    assert refused.value.code == "WITHDRAWN"
    assert key not in _selected()
