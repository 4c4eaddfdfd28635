"""Roles, regions, acts of the audit trail and field keys in words. Later features add their own acts."""

from relcrm.i18n import _l

ROLE_WORDS: dict[str, object] = {
    "associate": _l("Associate"),
    "store_manager": _l("Store manager"),
    "area_manager": _l("Area manager"),
    "owner": _l("Owner"),
    "auditor": _l("Auditor (reads only)"),
}
REGION_WORDS: dict[str, object] = {
    "cn": _l("Mainland China"),
    "eu": _l("European Union"),
    "uk": _l("United Kingdom"),
    "us": _l("United States"),
}
LANGUAGE_WORDS = {"zh": "中文", "en": "English"}

ACT_WORDS: dict[str, object] = {
    "book_founded": _l("opened the book"),
    "signed_in": _l("signed in"),
    "password_changed": _l("changed the password"),
    "staff_invited": _l("invited a colleague"),
    "staff_changed": _l("changed a colleague's details"),
    "staff_left": _l("noted that a colleague left"),
    "staff_returned": _l("brought a colleague back"),
    "role_given": _l("gave a role"),
    "role_ended": _l("ended a role"),
    "link_made": _l("made a one-time link"),
    "link_used": _l("chose a password by link"),
    "sessions_ended": _l("signed out devices"),
    "store_opened": _l("added a store"),
    "store_changed": _l("changed a store's details"),
    "settings_changed": _l("changed the chain's details"),
    "notices_published": _l("published a new version of the notices"),
    "assessment_decided": _l("decided an assessment"),
    "field_switched_on": _l("switched a field on"),
    "field_switched_off": _l("switched a field off"),
    "customer_changed": _l("changed a customer's details"),
    "associate_chosen": _l("chose a customer's associate"),
    "share_accepted": _l("shared a customer with another store"),
    "share_declined": _l("did not share a customer"),
    "customers_merged": _l("made one file of two"),
    "customer_merged_away": _l("joined a file to another"),
    "merge_undone": _l("took two files apart again"),
    "row_moved": _l("moved an entry to another file"),
    "came_of_age": _l("noted that a customer is of age"),
    "refused": _l("tried what is not allowed"),
    "import_started": _l("brought a customer file in"),
    "import_stopped": _l("stopped a customer file"),
    "import_done": _l("a customer file was in"),
    "import_failed": _l("a customer file broke off"),
    "import_refused_taken": _l("took the refused rows of a file"),
    "import_paper_declared": _l("declared the paper behind a file's consents"),
    "import_reverting": _l("took a customer file back"),
    "import_reverted": _l("a customer file was taken back"),
    "list_taken_out": _l("took customers out of the book in a file"),
    "list_file_deleted": _l("said that a file of customers is deleted"),
    "clean_counted": _l("had the files counted again"),
    "told_apart": _l("said that two customers are two people"),
    "not_told_apart": _l("took back that two customers are two people"),
    "product_added": _l("added a product"),
    "product_changed": _l("changed a product"),
    "category_added": _l("added a category"),
    "category_changed": _l("changed a category"),
    "window_changed": _l("changed the days that count for scores"),
    "after_sales_changed": _l("wrote a new after-sales promise"),
    "care_note_changed": _l("wrote a new version of a care note"),
    "products_brought_in": _l("brought a product file in"),
}
KEY_WORDS: dict[str, object] = {
    **ROLE_WORDS,
    "number": _l("Staff number"),
    "name": _l("Name"),
    "phone": _l("Phone"),
    "address": _l("Address"),
    "hours": _l("Opening hours"),
    "time_zone": _l("Time zone"),
    "language": _l("Language"),
    "region": _l("Rules of"),
    "currency": _l("Currency"),
    "country": _l("Phone numbers are from"),
    "chain_name": _l("Name over the door"),
    "legal_name": _l("Legal name"),
    "legal_address": _l("Legal address"),
    "privacy_contact": _l("Privacy contact"),
}


def act(key: str) -> str:
    return str(ACT_WORDS.get(key, key.replace("_", " ")))


def key(name: str) -> str:
    return str(KEY_WORDS.get(name, name.replace("_", " ")))


def role(name: str) -> str:
    return str(ROLE_WORDS[name])
