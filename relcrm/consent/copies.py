"""Every place that may repeat a value that hangs on a consent, and how it follows when the consent ends (DESIGN §4.7).

Here as data; a test walks every text column of every model. What a column holds is the word of its own module.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType


class Follows(StrEnum):
    """How a place behaves when she takes her yes back."""

    IS_BOUND = "the value itself, in a row with readable_until: the read gate hides it"
    ASKS_AT_READING = "a copy that proves nothing: whoever reads it asks the row it came from, and it is written again on every change"
    CARRIES_UNTIL = "a copy, sealed, with a readable_until of its own"
    HOLDS_IDS = "ids, keys of fields, codes, counts and hashes: never a value"
    SHORT_LIVED = "what somebody typed or sent, that may repeat a value by chance: deleted by a job after its few minutes or days"
    IDENTITY = "who she is and how to reach her: kept with the service consent, hidden with Customer.closed_at"
    RECEIPT = "what she bought: kept with the service consent and hidden with Customer.closed_at; erasure leaves goods, amounts and store nameless"
    OWN_WORDS = "words of staff about an act of theirs, copied from nothing: erasure empties them"
    HOUSE = "of the shop and its staff, not of customers"


_COLUMNS: Mapping[Follows, str] = {
    Follows.IS_BOUND: "fact.plain fact.sealed family_member.role family_member.plain family_member.sealed note.words tag.name customer_score.segment customer_score.basis customer_score.currency",
    Follows.ASKS_AT_READING: "search_key.key",
    Follows.CARRIES_UNTIL: "merge_image.sealed",
    Follows.HOLDS_IDS: """
        fact.key fact.slot fact.source fact.basis family_member.basis note.basis tag.basis
        consent_event.purpose consent_event.channel consent_event.action consent_event.method consent_event.actor_type
        consent_event.notice_sha256 consent_event.lang consent_event.scope consent_event.evidence_kind consent_event.evidence_sha256
        consent_event.reason_hmac consent_event.evidence_ref_hmac consent_event.prev_hash consent_event.hash
        consent_state.purpose consent_state.channel consent_state.standing
        access_event.kind access_event.reason_hmac access_event.prev_hash access_event.hash
        audit_event.act audit_event.target audit_event.keys audit_event.prev_hash audit_event.hash
        chained_text.chain chained_text.name chained_text.salt
        ask_rest.key ask_rest.why client_key.key client_key.made customer_list.public_id customer_store.how inform.kind
        share_request.public_id share_request.status import_batch.public_id import_batch.what import_batch.delimiter import_batch.status import_batch.mapping
        import_batch.file_kind import_batch.source import_batch.lang import_batch.signature import_batch.kept_as import_batch.did import_batch.file_sha256
        import_row.outcome import_row.added import_row.stayed import_paper.purposes import_paper.sha256 ask_first.key
        duplicate_suspect.public_id duplicate_suspect.why duplicate_suspect.status sweep_mark.name clean_finding.kind
        import_batch.failure merged_row.kind merged_row.row_key job_run.name job_run.done_for job_run.cursor job_run.token job_run.failure heartbeat.name
        export_log.public_id export_log.what export_log.what_id export_log.format export_log.fields export_log.salt
        export_row.purposes export_row.row_hash
        tier_rule_set.public_id tier_rule_set.status tier_rule_set.simulated tier_simulation.moment tier_simulation.before tier_simulation.after
        tier_told.tier tier_grant.tier
        approval.public_id approval.kind approval.parameters approval.status
        points_entry.public_id points_entry.kind points_entry.reason points_entry.parameters points_entry.key
        waiting_line.why waiting_line.key waiting_contact.fingerprint receipt_line.key
        score_cuts.currency score_cuts.cuts measure_figures.currency measure_figures.figures
        handover_step.step handover_step.state handover_step.told
        product_key.key product_import.public_id product_import.targets product_import.lang product_import.status product_import.currency
    """,
    Follows.SHORT_LIVED: "import_refusal.sealed import_batch.header import_batch.foreseen staff_session.search_term",
    Follows.IDENTITY: """
        customer.public_id customer.name customer.salutation customer.address_as customer.language
        contact_point.kind contact_point.value contact_point.label
    """,
    Follows.RECEIPT: """
        purchase.public_id purchase.kind purchase.currency purchase.receipt_number purchase.source
        purchase_line.name purchase_line.category purchase_line.size purchase_line.colour customer_totals.currency waiting_line.sealed
        opening_balance.currency opening_balance.tier
        customer_tier.tier customer_tier.earned tier_change.kind tier_change.before tier_change.after tier_change.why
    """,
    Follows.OWN_WORDS: """
        chained_text.words customer_list.name export_log.why purchase.note handover_step.note approval.reason approval.said points_entry.words
    """,
    Follows.HOUSE: """
        notice.kind notice.lang notice.spoken notice.text notice.sha256 notice.changes assessment.subject assessment.text field_switch.key
        setting.key setting.value store.public_id store.name store.address store.phone store.hours store.time_zone store.language
        store.region store.currency store.country membership.role invitation.token_hash sign_in_attempt.who import_batch.file_name
        staff_member.public_id staff_member.number staff_member.name staff_member.phone staff_member.language staff_member.password_hash
        staff_session.public_id staff_session.token_hash staff_session.device import_paper.words import_paper.scan_name
        category.public_id category.key category.zh category.en category.parts category.selling category.doubts category.competitors
        category.accessories_note category.care_key product.public_id product.name product.code product.barcode product.sizes
        product.colours product.currency product.selling product.doubts product.competitors product.notes product.care_key
        product_barcode.barcode product_barcode.size product_barcode.colour care_note.key care_note.title_zh care_note.title_en
        care_note.tip_zh care_note.tip_en care_note.zh care_note.en product_import.file_name product_import.header product_import_row.cells
        tier_level.key tier_level.zh tier_level.en tier_level.thresholds tier_level.benefits_zh tier_level.benefits_en
        product_import_row.why after_sales.zh after_sales.en
        line_name.key line_name.name line_name.category line_name.sizes line_name.colours points_policy.currency
    """,
}
# Modules that write files, or keep in memory what was typed, and how those follow.
ELSEWHERE: Mapping[str, Follows] = {
    "relcrm/config.py": Follows.HOUSE,  # the secrets of a new book
    "relcrm/cli_export.py": Follows.SHORT_LIVED,  # the file that was asked for, listed in export_row
    "relcrm/customers/export_run.py": Follows.SHORT_LIVED,  # a file on its way out, without a name on the disk; then it is listed in export_row
    "relcrm/customers/import_files.py": Follows.SHORT_LIVED,  # a customer file while it is read
    "relcrm/customers/pinyin_table.py": Follows.HOUSE,
    "relcrm/customers/refused.py": Follows.SHORT_LIVED,  # rows handed back, made from import_refusal when asked for
    "relcrm/customers/views.py": Follows.SHORT_LIVED,  # the last search of each session, until it is kept in the session row
    "relcrm/translations/__init__.py": Follows.HOUSE,
}


@cache
def columns() -> Mapping[str, Follows]:
    """How each "table.column" follows. Raises ValueError for a column that stands on two lists."""
    found: dict[str, Follows] = {}
    for follows, names in _COLUMNS.items():
        for name in names.split():
            if name in found:
                raise ValueError(f"{name} stands on two lists")
            found[name] = follows
    return MappingProxyType(found)


def unlisted(names: Iterable[str]) -> list[str]:
    """Those of these "table.column" that are on no list."""
    return sorted(set(names) - set(columns()))
