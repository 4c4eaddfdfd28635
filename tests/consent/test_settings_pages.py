"""The owner's settings: names and notices, fields, assessments."""

import pytest

from relcrm import db
from relcrm.consent import rules
from relcrm.consent.models import Assessment, FieldSwitch, Notice
from relcrm.staff import settings
from relcrm.staff.models import AuditEvent

NAMES = {
    "chain_name": "Cloud",
    "legal_name": "Cloud Clothing Ltd",
    "legal_address": "1 Lake Road",
    "privacy_contact": "Hua, 0571 8700 2216",
}


@pytest.fixture
def look(app):
    def ask(question):
        with app.app_context():
            answer = question(db.session())
            db.session().close()
            return answer

    return ask


def newest(look, kind="enrol"):
    return look(lambda s: s.query(Notice).filter_by(kind=kind, lang="en").order_by(Notice.version.desc()).first())


def acts(look):
    return look(lambda s: [row.act for row in s.query(AuditEvent).order_by(AuditEvent.id)])


def test_a_new_privacy_contact_publishes_the_next_version_that_names_it(sign_in, look):
    before = newest(look)
    hua = sign_in("hua")
    assert hua.post("/settings", data={**NAMES, "privacy_contact": "Lin, lin@cloud.example"}).status_code == 303
    after = newest(look)
    assert after.version == before.version + 1
    assert "lin@cloud.example" in after.text
    assert acts(look)[-2:] == ["settings_changed", "notices_published"]
    assert "The notices have a new version now" in hua.get("/settings").text


def test_a_new_name_over_the_door_publishes_nothing(sign_in, look):
    before = newest(look).version
    sign_in("hua").post("/settings", data={**NAMES, "chain_name": "Rain"})
    assert newest(look).version == before
    assert look(lambda s: settings.text("chain_name")) == "Rain"


def test_saving_the_same_again_changes_nothing(sign_in, look):
    before = newest(look).version, acts(look)
    sign_in("hua").post("/settings", data=NAMES)
    assert newest(look).version == before[0]
    assert [act for act in acts(look) if act != "signed_in"] == [act for act in before[1] if act != "signed_in"]


def test_without_a_legal_name_nothing_is_saved_and_what_was_typed_stays(sign_in, look):
    answer = sign_in("hua").post("/settings", data={**NAMES, "legal_name": "", "chain_name": "Rain"})
    assert answer.status_code == 422
    assert 'value="Rain"' in answer.text
    assert look(lambda s: settings.text("chain_name")) == "Cloud"


def test_script_in_a_name_is_shown_as_words(sign_in):
    hua = sign_in("hua")
    hua.post("/settings", data={**NAMES, "legal_name": "<script>alert(1)</script>{x}"})
    page = hua.get("/settings/notices/enrol/2").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{x}" in page


def test_every_version_is_listed_with_its_hash_and_read_in_both_languages(sign_in, look):
    hua = sign_in("hua")
    hua.post("/settings", data={**NAMES, "legal_name": "Cloud Two Ltd"})
    page = hua.get("/settings/notices").text
    hashes = look(lambda s: [row.sha256 for row in s.query(Notice).filter_by(kind="enrol", lang="zh")])
    assert len(hashes) == 2
    assert all(one[:12] in page for one in hashes)
    old = hua.get("/settings/notices/enrol/1").text
    assert "Cloud Clothing Ltd" in old
    assert "隐私联系人" in old
    assert "Privacy contact" in old
    assert hashes[0] in old
    assert hua.get("/settings/notices/enrol/9").status_code == 404
    assert hua.get("/settings/notices/nothing/1").status_code == 404


def test_a_field_is_switched_off_and_on(sign_in, look):
    hua = sign_in("hua")
    assert hua.post("/settings/fields/hobbies", data={"is_on": "0"}).status_code == 303
    assert "Switch on: Hobbies" in hua.get("/settings/fields").text
    hua.post("/settings/fields/hobbies", data={"is_on": "1"})
    assert look(lambda s: s.get(FieldSwitch, "hobbies").is_on) is True
    assert acts(look)[-2:] == ["field_switched_off", "field_switched_on"]


@pytest.mark.parametrize(("key", "status"), [("name", 409), ("phone", 409), ("no_such_field", 404)])
def test_what_every_file_has_cannot_be_switched_off(sign_in, look, key, status):
    assert sign_in("hua").post(f"/settings/fields/{key}", data={"is_on": "0"}).status_code == status
    assert look(lambda s: s.query(FieldSwitch).count()) == 0


def test_a_sensitive_field_waits_for_its_assessment(sign_in, look):
    hua = sign_in("hua")
    assert "/settings/assessments/special:health" in hua.get("/settings/fields").text
    assert hua.post("/settings/fields/material_avoid", data={"is_on": "1"}).status_code == 409
    page = hua.get("/settings/assessments/special:health").text
    assert "keeping materials away" in page
    answer = hua.post("/settings/assessments/special:health", data={"text": "We need it. " * 3, "decision": "yes"})
    assert answer.status_code == 303
    assert hua.post("/settings/fields/material_avoid", data={"is_on": "1"}).status_code == 303
    assert look(lambda s: s.get(FieldSwitch, "material_avoid").is_on) is True
    kept = look(lambda s: s.query(Assessment).filter_by(subject="special:health").one())
    assert kept.text == ("We need it. " * 3).strip()
    assert kept.decided_by_id is not None


def test_a_no_switches_the_sensitive_fields_off_again(sign_in, look):
    hua = sign_in("hua")
    path = "/settings/assessments/special:health"
    hua.post(path, data={"text": "Yes.", "decision": "yes"})
    hua.post("/settings/fields/material_avoid", data={"is_on": "1"})
    hua.post(path, data={"text": "No more.", "decision": "no"})
    assert look(lambda s: s.get(FieldSwitch, "material_avoid").is_on) is False
    assert look(lambda s: rules.is_assessed("special:health")) is False
    assert ">No more.</textarea>" in hua.get(path).text.replace("\r\n", "").replace("\n", "")


@pytest.mark.parametrize("missing", [{"text": "", "decision": "yes"}, {"text": "Some words"}, {"text": "x", "decision": "perhaps"}])
def test_a_decision_needs_its_text_and_its_yes_or_no(sign_in, look, missing):
    answer = sign_in("hua").post("/settings/assessments/special:minor", data=missing)
    assert answer.status_code == 422
    assert look(lambda s: s.query(Assessment).filter_by(subject="special:minor").count()) == 0


def test_profiling_is_withdrawn_by_a_no(sign_in, look):
    sign_in("hua").post("/settings/assessments/profiling", data={"text": "Not now.", "decision": "no"})
    assert look(lambda s: rules.is_assessed("profiling")) is False


@pytest.mark.parametrize("subject", ["service", "marketing", "nothing"])
def test_there_is_no_assessment_for_what_needs_none(sign_in, subject):
    hua = sign_in("hua")
    assert hua.get(f"/settings/assessments/{subject}").status_code == 404
    assert hua.post(f"/settings/assessments/{subject}", data={"text": "x", "decision": "yes"}).status_code == 404
