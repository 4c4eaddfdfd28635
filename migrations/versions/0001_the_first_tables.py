"""the first tables"""

import sqlalchemy as sa
from alembic import op

from relcrm.chain import guard

revision = "0001"
down_revision = None
CHAINED = ("audit_event", "consent_event", "access_event")


def upgrade() -> None:
    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("selling", sa.Text(), nullable=False),
        sa.Column("doubts", sa.Text(), nullable=False),
        sa.Column("competitors", sa.Text(), nullable=False),
        sa.Column("accessories_note", sa.Text(), nullable=False),
        sa.Column("care_key", sa.String(length=40), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("key", name=op.f("uq_category_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_category_public_id")),
    )
    op.create_table(
        "chained_text",
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "row_id", "name", name=op.f("pk_chained_text")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("done_for", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_run")),
    )
    op.create_table(
        "measure_figures",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("currency", name=op.f("pk_measure_figures")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("spoken", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("kind", "version", "lang", name=op.f("uq_notice_kind_version_lang")),
    )
    op.create_table(
        "score_cuts",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("window_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("population", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cuts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("currency", name=op.f("pk_score_cuts")),
    )
    op.create_table(
        "search_key",
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "key", "customer_id", name=op.f("pk_search_key")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("search_key", schema=None) as batch_op:
        batch_op.create_index("ix_search_key_customer_id", ["customer_id"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_who_at", ["who", "at"], unique=False)

    op.create_table(
        "staff_member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("number", name=op.f("uq_staff_member_number")),
        sa.UniqueConstraint("phone", name=op.f("uq_staff_member_phone")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_member_public_id")),
    )
    op.create_table(
        "store",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("public_id", name=op.f("uq_store_public_id")),
    )
    op.create_table(
        "sweep_mark",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sweep_mark")),
    )
    op.create_table(
        "after_sales",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff_member.id"], name=op.f("fk_after_sales_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sales")),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_member.id"], name=op.f("fk_assessment_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_subject"), ["subject"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["staff_member.id"], name=op.f("fk_audit_event_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_audit_event_prev_hash")),
    )
    op.create_table(
        "care_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("tip_zh", sa.Text(), nullable=False),
        sa.Column("tip_en", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["staff_member.id"], name=op.f("fk_care_note_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_note")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_care_note_key_version")),
    )
    op.create_table(
        "client_key",
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_client_key_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "key", name=op.f("pk_client_key")),
    )
    with op.batch_alter_table("client_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_key_at"), ["at"], unique=False)

    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("salutation", sa.Text(), nullable=False),
        sa.Column("address_as", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("home_store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_minor", sa.Boolean(), nullable=False),
        sa.Column("pause_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["staff_member.id"], name=op.f("fk_customer_created_by_id")),
        sa.ForeignKeyConstraint(["home_store_id"], ["store.id"], name=op.f("fk_customer_home_store_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff_member.id"], name=op.f("fk_customer_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_customer_public_id")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_home_store_id"), ["home_store_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "customer_list",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff_member.id"], name=op.f("fk_customer_list_made_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_customer_list_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_list")),
        sa.UniqueConstraint("public_id", name=op.f("uq_customer_list_public_id")),
    )
    with op.batch_alter_table("customer_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_list_store_id"), ["store_id"], unique=False)

    op.create_table(
        "export_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("what_id", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("with_phones", sa.Boolean(), nullable=False),
        sa.Column("row_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("format IN ('csv', 'xlsx', 'vcf')", name=op.f("ck_export_log_format")),
        sa.CheckConstraint("what IN ('list', 'store', 'stores', 'clean')", name=op.f("ck_export_log_what")),
        sa.ForeignKeyConstraint(["actor_id"], ["staff_member.id"], name=op.f("fk_export_log_actor_id")),
        sa.ForeignKeyConstraint(["deleted_by_id"], ["staff_member.id"], name=op.f("fk_export_log_deleted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_log")),
        sa.UniqueConstraint("public_id", name=op.f("uq_export_log_public_id")),
    )
    with op.batch_alter_table("export_log", schema=None) as batch_op:
        batch_op.create_index("ix_export_log_actor_at", ["actor_id", "at"], unique=False)
        batch_op.create_index("ix_export_log_at", ["at"], unique=False)

    op.create_table(
        "field_switch",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff_member.id"], name=op.f("fk_field_switch_by_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_field_switch")),
    )
    with op.batch_alter_table("field_switch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_switch_by_id"), ["by_id"], unique=False)

    op.create_table(
        "file_figure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("customers", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filled", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fresh", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_file_figure_staff_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_file_figure_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_figure")),
        sa.UniqueConstraint("store_id", "staff_id", "on", name=op.f("uq_file_figure_store_id_staff_id_on")),
    )
    with op.batch_alter_table("file_figure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_figure_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_kind", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("kept_as", sa.Text(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=True),
        sa.Column("delimiter", sa.String(length=1), nullable=False),
        sa.Column("signature", sa.String(length=32), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("proves", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("row_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rows_done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("foreseen", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("undone_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("undone", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stayed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "status IN ('mapping', 'checking', 'waiting', 'running', 'done', 'stopped', 'failed', 'reverting', 'reverted')",
            name=op.f("ck_import_batch_status"),
        ),
        sa.CheckConstraint("what IN ('customers', 'receipts')", name=op.f("ck_import_batch_what")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff_member.id"], name=op.f("fk_import_batch_made_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_import_batch_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_import_batch_public_id")),
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_batch_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_batch_signature"), ["signature"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_batch_store_id"), ["store_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff_member.id"], name=op.f("fk_invitation_made_by_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_invitation_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("(store_id IS NULL) = (role IN ('owner', 'auditor'))", name=op.f("ck_membership_chain_roles_have_no_store")),
        sa.CheckConstraint("role IN ('associate', 'store_manager', 'area_manager', 'owner', 'auditor')", name=op.f("ck_membership_role")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_membership_staff_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_membership_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("staff_id", "store_id", "role", name=op.f("uq_membership_staff_id_store_id_role")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_store_id"), ["store_id"], unique=False)

    op.create_table(
        "points_liability",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customers", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("active", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pending", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_points_liability_store_id")),
        sa.PrimaryKeyConstraint("on", "store_id", name=op.f("pk_points_liability")),
    )
    op.create_table(
        "points_policy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("live_from", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor_per_point", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pending_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expiry_months", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("breakage", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("big_points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("minor_per_point >= 0 AND value_minor > 0 AND big_points > 0", name=op.f("ck_points_policy_amounts")),
        sa.CheckConstraint(
            "pending_days BETWEEN 0 AND 90 AND expiry_months BETWEEN 1 AND 120 AND breakage BETWEEN 0 AND 100",
            name=op.f("ck_points_policy_terms"),
        ),
        sa.ForeignKeyConstraint(["published_by_id"], ["staff_member.id"], name=op.f("fk_points_policy_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_policy")),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("barcode", sa.String(length=40), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("price_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("selling", sa.Text(), nullable=False),
        sa.Column("doubts", sa.Text(), nullable=False),
        sa.Column("competitors", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("care_key", sa.String(length=40), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_product_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("public_id", name=op.f("uq_product_public_id")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index("ix_product_category_id_name", ["category_id", "name"], unique=False)
        batch_op.create_index(
            "uq_product_barcode", ["barcode"], unique=True, sqlite_where=sa.text("barcode <> ''"), postgresql_where=sa.text("barcode <> ''")
        )
        batch_op.create_index(
            "uq_product_code", ["code"], unique=True, sqlite_where=sa.text("code <> ''"), postgresql_where=sa.text("code <> ''")
        )

    op.create_table(
        "product_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("row_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rows_done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("same", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("refused", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('running', 'done')", name=op.f("ck_product_import_status")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff_member.id"], name=op.f("fk_product_import_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_product_import_public_id")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("shop_phone", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search_term", sa.Text(), nullable=True),
        sa.Column("searched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_session_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "tier_rule_set",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("live_from", sa.Date(), nullable=True),
        sa.Column("window_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grace_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reversal_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("simulated", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("simulated_on", sa.Date(), nullable=True),
        sa.Column("simulate_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("walk_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(status = 'published') = (live_from IS NOT NULL)", name=op.f("ck_tier_rule_set_published_from")),
        sa.CheckConstraint("status IN ('draft', 'published')", name=op.f("ck_tier_rule_set_status")),
        sa.CheckConstraint(
            "window_days > 0 AND valid_days > 0 AND grace_days >= 0 AND reversal_days >= 0", name=op.f("ck_tier_rule_set_spans")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff_member.id"], name=op.f("fk_tier_rule_set_made_by_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["staff_member.id"], name=op.f("fk_tier_rule_set_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_rule_set")),
        sa.UniqueConstraint("public_id", name=op.f("uq_tier_rule_set_public_id")),
    )
    op.create_table(
        "access_event",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("reason_hmac", sa.String(length=64), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('profile', 'reveal', 'complete_number', 'she_is_here', 'ask_share', 'serving', 'notes', 'export', 'tier_shown')",
            name=op.f("ck_access_event_kind"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_access_event_customer_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_access_event_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_event")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_access_event_prev_hash")),
    )
    with op.batch_alter_table("access_event", schema=None) as batch_op:
        batch_op.create_index("ix_access_event_customer_at", ["customer_id", "at"], unique=False)
        batch_op.create_index("ix_access_event_staff_at", ["staff_id", "at"], unique=False)

    op.create_table(
        "alias",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("loser_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("winner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("loser_id <> winner_id", name=op.f("ck_alias_two_records")),
        sa.ForeignKeyConstraint(["loser_id"], ["customer.id"], name=op.f("fk_alias_loser_id")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["staff_member.id"], name=op.f("fk_alias_merged_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["staff_member.id"], name=op.f("fk_alias_undone_by_id")),
        sa.ForeignKeyConstraint(["winner_id"], ["customer.id"], name=op.f("fk_alias_winner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_loser_id"), ["loser_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_winner_id"), ["winner_id"], unique=False)
        batch_op.create_index(
            "uq_alias_loser_open",
            ["loser_id"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "approval",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("applies_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'approved', 'declined', 'withdrawn', 'alone', 'lapsed')", name=op.f("ck_approval_status")
        ),
        sa.CheckConstraint("decided_by_id IS NULL OR alone OR decided_by_id <> proposed_by_id", name=op.f("ck_approval_four_eyes")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_approval_customer_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_member.id"], name=op.f("fk_approval_decided_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["staff_member.id"], name=op.f("fk_approval_proposed_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_approval_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("public_id", name=op.f("uq_approval_public_id")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_approval_proposed_by_id_proposed_at", ["proposed_by_id", "proposed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_store_id"), ["store_id"], unique=False)
        batch_op.create_index(
            "ix_approval_waiting",
            ["status", "proposed_at"],
            unique=False,
            sqlite_where=sa.text("status IN ('waiting', 'alone')"),
            postgresql_where=sa.text("status IN ('waiting', 'alone')"),
        )

    op.create_table(
        "ask_first",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_ask_first_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", "key", name=op.f("pk_ask_first")),
    )
    op.create_table(
        "ask_rest",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("why IN ('not_now', 'does_not_say', 'answered')", name=op.f("ck_ask_rest_why")),
        sa.ForeignKeyConstraint(["by_id"], ["staff_member.id"], name=op.f("fk_ask_rest_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_ask_rest_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", "key", name=op.f("pk_ask_rest")),
    )
    op.create_table(
        "bought_with",
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("together", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lift", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["product.id"], name=op.f("fk_bought_with_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_bought_with_product_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("product_id", "other_id", name=op.f("pk_bought_with")),
    )
    with op.batch_alter_table("bought_with", schema=None) as batch_op:
        batch_op.create_index("ix_bought_with_lift", ["product_id", "lift"], unique=False)
        batch_op.create_index(batch_op.f("ix_bought_with_other_id"), ["other_id"], unique=False)

    op.create_table(
        "changed_file",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_changed_file_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_changed_file")),
    )
    op.create_table(
        "clean_finding",
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('phone_wrong', 'unreachable', 'email_wrong', 'date_wrong', 'stale', 'empty', 'no_associate')",
            name=op.f("ck_clean_finding_kind"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_clean_finding_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_clean_finding_store_id")),
        sa.PrimaryKeyConstraint("store_id", "kind", "customer_id", name=op.f("pk_clean_finding")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("clean_finding", schema=None) as batch_op:
        batch_op.create_index("ix_clean_finding_customer_id", ["customer_id"], unique=False)

    op.create_table(
        "consent_event",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("actor_type", sa.String(length=16), nullable=False),
        sa.Column("actor_staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_by_staff", sa.Boolean(), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("notice_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("notice_sha256", sa.String(length=64), nullable=True),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("evidence_kind", sa.Text(), nullable=True),
        sa.Column("evidence_sha256", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_hmac", sa.String(length=64), nullable=True),
        sa.Column("evidence_ref_hmac", sa.String(length=64), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "action IN ('grant', 'deny', 'withdraw', 'expire', 'renew', 'supersede', 'import', 'pending', 'confirm')",
            name=op.f("ck_consent_event_action"),
        ),
        sa.CheckConstraint(
            "method IN ('in_person_verbal', 'signed_paper', 'self_service', 'sms_reply', 'phone_call', 'wecom_chat', 'email', 'guardian', 'import_legacy', 'system')",
            name=op.f("ck_consent_event_method"),
        ),
        sa.CheckConstraint(
            "purpose <> 'marketing' OR channel <> 'any' OR action IN ('deny', 'withdraw')",
            name=op.f("ck_consent_event_marketing_names_a_channel"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_consent_event_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_consent_event_prev_hash")),
    )
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.create_index("ix_consent_event_customer_purpose", ["customer_id", "purpose"], unique=False)
        batch_op.create_index("ix_consent_event_customer_recorded", ["customer_id", "recorded_at"], unique=False)

    op.create_table(
        "consent_state",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_consent_state_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "purpose", "channel", name=op.f("pk_consent_state")),
    )
    with op.batch_alter_table("consent_state", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consent_state_until",
            ["until"],
            unique=False,
            sqlite_where=sa.text("standing = 'OK'"),
            postgresql_where=sa.text("standing = 'OK'"),
        )

    op.create_table(
        "contact_point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("unreachable", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("kind IN ('phone', 'email', 'wechat', 'wecom', 'card')", name=op.f("ck_contact_point_kind")),
        sa.ForeignKeyConstraint(["added_by_id"], ["staff_member.id"], name=op.f("fk_contact_point_added_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contact_point_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_contact_point_kind_value")),
    )
    with op.batch_alter_table("contact_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_point_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "customer_list_entry",
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["staff_member.id"], name=op.f("fk_customer_list_entry_added_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_list_entry_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["list_id"], ["customer_list.id"], name=op.f("fk_customer_list_entry_list_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("list_id", "customer_id", name=op.f("pk_customer_list_entry")),
    )
    with op.batch_alter_table("customer_list_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_list_entry_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "customer_score",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=False),
        sa.Column("visits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("spend_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("r", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("f", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("m", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("segment", sa.String(length=12), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("readable_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_for", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_score_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_score")),
        sa.UniqueConstraint("customer_id", "currency", name=op.f("uq_customer_score_customer_id_currency")),
    )
    with op.batch_alter_table("customer_score", schema=None) as batch_op:
        batch_op.create_index("ix_customer_score_lapses_on", ["currency", "lapses_on"], unique=False)
        batch_op.create_index("ix_customer_score_last_on", ["currency", "last_on", "readable_until"], unique=False)
        batch_op.create_index("ix_customer_score_segment", ["currency", "segment", "last_on"], unique=False)
        batch_op.create_index("ix_customer_score_spend", ["currency", "spend_minor", "readable_until"], unique=False)
        batch_op.create_index("ix_customer_score_visits", ["currency", "visits", "readable_until"], unique=False)

    op.create_table(
        "customer_store",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.CheckConstraint("how IN ('capture', 'purchase', 'share', 'she_is_here', 'import', 'moved')", name=op.f("ck_customer_store_how")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_store_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_customer_store_store_id")),
        sa.PrimaryKeyConstraint("customer_id", "store_id", name=op.f("pk_customer_store")),
    )
    with op.batch_alter_table("customer_store", schema=None) as batch_op:
        batch_op.create_index("ix_customer_store_store_since", ["store_id", "since"], unique=False)

    op.create_table(
        "customer_tier",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tier", sa.String(length=24), nullable=False),
        sa.Column("earned", sa.String(length=24), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("grace_until", sa.Date(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_tier_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_tier")),
    )
    with op.batch_alter_table("customer_tier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_tier_next_on"), ["next_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_tier_tier"), ["tier"], unique=False)

    op.create_table(
        "customer_totals",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("visit_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purchases", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("items", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("spend_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_purchases", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_totals_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", "currency", name=op.f("pk_customer_totals")),
    )
    op.create_table(
        "duplicate_suspect",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("a_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("b_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("a_store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("b_store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('open', 'different', 'merged')", name=op.f("ck_duplicate_suspect_status")),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_duplicate_suspect_in_order")),
        sa.ForeignKeyConstraint(["a_id"], ["customer.id"], name=op.f("fk_duplicate_suspect_a_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["a_store_id"], ["store.id"], name=op.f("fk_duplicate_suspect_a_store_id")),
        sa.ForeignKeyConstraint(["b_id"], ["customer.id"], name=op.f("fk_duplicate_suspect_b_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["b_store_id"], ["store.id"], name=op.f("fk_duplicate_suspect_b_store_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_member.id"], name=op.f("fk_duplicate_suspect_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_suspect")),
        sa.UniqueConstraint("a_id", "b_id", name=op.f("uq_duplicate_suspect_a_id_b_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_duplicate_suspect_public_id")),
    )
    with op.batch_alter_table("duplicate_suspect", schema=None) as batch_op:
        batch_op.create_index("ix_duplicate_suspect_a_store", ["a_store_id", "status", "score"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_suspect_b_id"), ["b_id"], unique=False)
        batch_op.create_index("ix_duplicate_suspect_b_store", ["b_store_id", "status", "score"], unique=False)
        batch_op.create_index("ix_duplicate_suspect_decided_by", ["decided_by_id", "decided_at"], unique=False)
        batch_op.create_index("ix_duplicate_suspect_status_score", ["status", "score"], unique=False)

    op.create_table(
        "export_row",
        sa.Column("export_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_export_row_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["export_id"], ["export_log.id"], name=op.f("fk_export_row_export_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("export_id", "customer_id", name=op.f("pk_export_row")),
    )
    with op.batch_alter_table("export_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_row_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_export_row_taken_back",
            ["export_id"],
            unique=False,
            sqlite_where=sa.text("taken_back_at IS NOT NULL"),
            postgresql_where=sa.text("taken_back_at IS NOT NULL"),
        )

    op.create_table(
        "export_store",
        sa.Column("export_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["export_log.id"], name=op.f("fk_export_store_export_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_export_store_store_id")),
        sa.PrimaryKeyConstraint("export_id", "store_id", name=op.f("pk_export_store")),
    )
    with op.batch_alter_table("export_store", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_store_store_id"), ["store_id"], unique=False)

    op.create_table(
        "fact",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("plain", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("noted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("readable_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_for", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("source IN ('told', 'observed', 'estimated', 'imported', 'derived')", name=op.f("ck_fact_source")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_fact_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["noted_by_id"], ["staff_member.id"], name=op.f("fk_fact_noted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("customer_id", "key", "slot", name=op.f("uq_fact_customer_id_key_slot")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(
            "ix_fact_purge_at",
            ["purge_at"],
            unique=False,
            sqlite_where=sa.text("purge_at IS NOT NULL"),
            postgresql_where=sa.text("purge_at IS NOT NULL"),
        )

    op.create_table(
        "family_member",
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("plain", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("noted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("readable_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_for", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_family_member_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["noted_by_id"], ["staff_member.id"], name=op.f("fk_family_member_noted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_member")),
    )
    with op.batch_alter_table("family_member", schema=None) as batch_op:
        batch_op.create_index("ix_family_member_customer_id", ["customer_id"], unique=False)

    op.create_table(
        "import_paper",
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("scan_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("declared_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_paper_batch_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["declared_by_id"], ["staff_member.id"], name=op.f("fk_import_paper_declared_by_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_import_paper")),
    )
    op.create_table(
        "import_refusal",
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_refusal_batch_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("batch_id", "line", name=op.f("pk_import_refusal")),
    )
    op.create_table(
        "import_row",
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added", sa.Text(), nullable=False),
        sa.Column("stayed", sa.String(length=16), nullable=False),
        sa.CheckConstraint("outcome IN ('created', 'updated', 'merged')", name=op.f("ck_import_row_outcome")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_import_row_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("batch_id", "line", name=op.f("pk_import_row")),
    )
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_row_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "inform",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff_member.id"], name=op.f("fk_inform_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_inform_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_inform_staff_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_inform_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inform")),
    )
    with op.batch_alter_table("inform", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inform_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_inform_staff_seen", ["staff_id", "seen_at"], unique=False)
        batch_op.create_index("ix_inform_store_seen", ["store_id", "seen_at"], unique=False)

    op.create_table(
        "lately_seen",
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_lately_seen_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_lately_seen_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "customer_id", name=op.f("pk_lately_seen")),
    )
    with op.batch_alter_table("lately_seen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lately_seen_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_lately_seen_staff_at", ["staff_id", "at"], unique=False)

    op.create_table(
        "line_name",
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("only_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_line_name_product_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_line_name_store_id")),
        sa.PrimaryKeyConstraint("store_id", "key", name=op.f("pk_line_name")),
    )
    op.create_table(
        "note",
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("noted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("readable_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_for", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_note_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["noted_by_id"], ["staff_member.id"], name=op.f("fk_note_noted_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_note_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index("ix_note_customer_id_noted_at", ["customer_id", "noted_at"], unique=False)

    op.create_table(
        "opening_balance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("points_until", sa.Date(), nullable=True),
        sa.Column("tier", sa.String(length=24), nullable=False),
        sa.Column("tier_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_opening_balance_batch_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_opening_balance_customer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_opening_balance_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_balance")),
        sa.UniqueConstraint("batch_id", "line", name=op.f("uq_opening_balance_batch_id_line")),
    )
    with op.batch_alter_table("opening_balance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opening_balance_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "points_balance",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("pending", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("active", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("debt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_points_balance_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_points_balance")),
    )
    with op.batch_alter_table("points_balance", schema=None) as batch_op:
        batch_op.create_index(
            "ix_points_balance_debt", ["customer_id"], unique=False, sqlite_where=sa.text("debt > 0"), postgresql_where=sa.text("debt > 0")
        )

    op.create_table(
        "points_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("pending", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("active", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("debt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(length=100), nullable=True),
        sa.CheckConstraint(
            "kind IN ('earn_pending', 'earn_active', 'burn', 'expire', 'clawback', 'adjust', 'debt', 'debt_offset', 'forfeit', 'opening')",
            name=op.f("ck_points_entry_kind"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["staff_member.id"], name=op.f("fk_points_entry_actor_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_points_entry_customer_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["points_entry.id"], name=op.f("fk_points_entry_reverses_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_points_entry_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_points_entry_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_points_entry_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_points_entry_reverses_id")),
    )
    with op.batch_alter_table("points_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_points_entry_by_hand",
            ["customer_id", "actor_id"],
            unique=False,
            sqlite_where=sa.text("actor_id IS NOT NULL"),
            postgresql_where=sa.text("actor_id IS NOT NULL"),
        )
        batch_op.create_index("ix_points_entry_customer_id_at", ["customer_id", "at"], unique=False)
        batch_op.create_index(
            "ix_points_entry_purchase_id",
            ["purchase_id"],
            unique=False,
            sqlite_where=sa.text("purchase_id IS NOT NULL"),
            postgresql_where=sa.text("purchase_id IS NOT NULL"),
        )

    op.create_table(
        "points_pending",
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("active_on", sa.Date(), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_points_pending_customer_id")),
        sa.PrimaryKeyConstraint("purchase_id", name=op.f("pk_points_pending")),
    )
    with op.batch_alter_table("points_pending", schema=None) as batch_op:
        batch_op.create_index("ix_points_pending_active_at", ["active_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_points_pending_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "product_accessory",
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("accessory_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["accessory_id"], ["product.id"], name=op.f("fk_product_accessory_accessory_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_accessory_product_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("product_id", "accessory_id", name=op.f("pk_product_accessory")),
    )
    with op.batch_alter_table("product_accessory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_accessory_accessory_id"), ["accessory_id"], unique=False)

    op.create_table(
        "product_barcode",
        sa.Column("barcode", sa.String(length=40), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_barcode_product_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("barcode", name=op.f("pk_product_barcode")),
    )
    with op.batch_alter_table("product_barcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_barcode_product_id"), ["product_id"], unique=False)

    op.create_table(
        "product_import_row",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["product_import.id"], name=op.f("fk_product_import_row_import_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_product_import_row")),
    )
    with op.batch_alter_table("product_import_row", schema=None) as batch_op:
        batch_op.create_index("ix_product_import_row_import_id_group_no", ["import_id", "group_no"], unique=False)

    op.create_table(
        "product_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_key_product_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "product_id", name=op.f("pk_product_key")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("product_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_key_product_id"), ["product_id"], unique=False)

    op.create_table(
        "purchase",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sold_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kept_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kept_items", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("for_staff", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('sale', 'return', 'exchange')", name=op.f("ck_purchase_kind")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_purchase_customer_id")),
        sa.ForeignKeyConstraint(["sold_by_id"], ["staff_member.id"], name=op.f("fk_purchase_sold_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_purchase_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase")),
        sa.UniqueConstraint("public_id", name=op.f("uq_purchase_public_id")),
    )
    with op.batch_alter_table("purchase", schema=None) as batch_op:
        batch_op.create_index("ix_purchase_customer_id_sold_at", ["customer_id", "sold_at"], unique=False)
        batch_op.create_index("ix_purchase_store_id_sold_on", ["store_id", "sold_on"], unique=False)
        batch_op.create_index(
            "uq_purchase_receipt",
            ["store_id", "source", "receipt_number"],
            unique=True,
            sqlite_where=sa.text("receipt_number IS NOT NULL"),
            postgresql_where=sa.text("receipt_number IS NOT NULL"),
        )

    op.create_table(
        "serving",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_serving_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_serving_staff_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_serving_store_id")),
        sa.PrimaryKeyConstraint("customer_id", "staff_id", "on", name=op.f("pk_serving")),
    )
    with op.batch_alter_table("serving", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_serving_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "share_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('asked', 'accepted', 'declined', 'lapsed')", name=op.f("ck_share_request_status")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["staff_member.id"], name=op.f("fk_share_request_answered_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff_member.id"], name=op.f("fk_share_request_asked_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_share_request_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_share_request_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_share_request_public_id")),
    )
    with op.batch_alter_table("share_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_request_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_share_request_store_id"), ["store_id"], unique=False)
        batch_op.create_index(
            "uq_share_request_open",
            ["customer_id", "store_id"],
            unique=True,
            sqlite_where=sa.text("status = 'asked'"),
            postgresql_where=sa.text("status = 'asked'"),
        )

    op.create_table(
        "tag",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("noted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("readable_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_for", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_tag_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["noted_by_id"], ["staff_member.id"], name=op.f("fk_tag_noted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("customer_id", "name", name=op.f("uq_tag_customer_id_name")),
    )
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.create_index("ix_tag_name", ["name"], unique=False)

    op.create_table(
        "tier_change",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("before", sa.String(length=24), nullable=False),
        sa.Column("after", sa.String(length=24), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('start', 'rules', 'opening', 'up', 'renewed', 'grace', 'down', 'reversed', 'manual', 'manual_end')",
            name=op.f("ck_tier_change_kind"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_tier_change_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", "position", name=op.f("pk_tier_change")),
    )
    op.create_table(
        "tier_level",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule_set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("visits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("benefits_zh", sa.JSON(), nullable=False),
        sa.Column("benefits_en", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["rule_set_id"], ["tier_rule_set.id"], name=op.f("fk_tier_level_rule_set_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_level")),
        sa.UniqueConstraint("rule_set_id", "key", name=op.f("uq_tier_level_rule_set_id_key")),
        sa.UniqueConstraint("rule_set_id", "place", name=op.f("uq_tier_level_rule_set_id_place")),
    )
    op.create_table(
        "tier_simulation",
        sa.Column("rule_set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moment", sa.String(length=12), nullable=False),
        sa.Column("before", sa.String(length=24), nullable=False),
        sa.Column("after", sa.String(length=24), nullable=False),
        sa.CheckConstraint("moment IN ('at_once', 'at_review')", name=op.f("ck_tier_simulation_moment")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_tier_simulation_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rule_set_id"], ["tier_rule_set.id"], name=op.f("fk_tier_simulation_rule_set_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("rule_set_id", "customer_id", "moment", name=op.f("pk_tier_simulation")),
    )
    with op.batch_alter_table("tier_simulation", schema=None) as batch_op:
        batch_op.create_index("ix_tier_simulation_change", ["rule_set_id", "moment", "before", "after", "customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tier_simulation_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "tier_told",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule_set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tier", sa.String(length=24), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff_member.id"], name=op.f("fk_tier_told_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_tier_told_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rule_set_id"], ["tier_rule_set.id"], name=op.f("fk_tier_told_rule_set_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_tier_told_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_told")),
    )
    with op.batch_alter_table("tier_told", schema=None) as batch_op:
        batch_op.create_index("ix_tier_told_customer_id_at", ["customer_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_tier_told_rule_set_id"), ["rule_set_id"], unique=False)

    op.create_table(
        "waiting_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.String(length=9), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint("why IN ('nobody', 'return', 'no_sale', 'elsewhere')", name=op.f("ck_waiting_line_why")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_waiting_line_batch_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_waiting_line_customer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_waiting_line_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_line")),
        sa.UniqueConstraint("key", name=op.f("uq_waiting_line_key")),
    )
    with op.batch_alter_table("waiting_line", schema=None) as batch_op:
        batch_op.create_index("ix_waiting_line_batch_id_why", ["batch_id", "why"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_line_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_line_expires_on"), ["expires_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_line_store_id"), ["store_id"], unique=False)
        batch_op.create_index("ix_waiting_line_why_customer_id", ["why", "customer_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["begun_by_id"], ["staff_member.id"], name=op.f("fk_handover_begun_by_id")),
        sa.ForeignKeyConstraint(["finished_by_id"], ["staff_member.id"], name=op.f("fk_handover_finished_by_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"], name=op.f("fk_handover_purchase_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("purchase_id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_finished_at"), ["finished_at"], unique=False)

    op.create_table(
        "merge_image",
        sa.Column("alias_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("readable_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alias_id"], ["alias.id"], name=op.f("fk_merge_image_alias_id")),
        sa.PrimaryKeyConstraint("alias_id", name=op.f("pk_merge_image")),
    )
    with op.batch_alter_table("merge_image", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merge_image_readable_until"), ["readable_until"], unique=False)

    op.create_table(
        "merged_row",
        sa.Column("alias_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("row_key", sa.String(length=80), nullable=False),
        sa.Column("was_winners", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["alias_id"], ["alias.id"], name=op.f("fk_merged_row_alias_id")),
        sa.PrimaryKeyConstraint("alias_id", "kind", "row_key", name=op.f("pk_merged_row")),
    )
    op.create_table(
        "points_lot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remaining", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("active_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("remaining >= 0 AND remaining <= points", name=op.f("ck_points_lot_remaining")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_points_lot_customer_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["points_entry.id"], name=op.f("fk_points_lot_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_lot")),
    )
    with op.batch_alter_table("points_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_points_lot_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_points_lot_customer_id_expires_at",
            ["customer_id", "expires_at"],
            unique=False,
            sqlite_where=sa.text("remaining > 0"),
            postgresql_where=sa.text("remaining > 0"),
        )
        batch_op.create_index(batch_op.f("ix_points_lot_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "ix_points_lot_expires_at",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("remaining > 0"),
            postgresql_where=sa.text("remaining > 0"),
        )
        batch_op.create_index(
            "ix_points_lot_purchase_id",
            ["purchase_id"],
            unique=False,
            sqlite_where=sa.text("purchase_id IS NOT NULL"),
            postgresql_where=sa.text("purchase_id IS NOT NULL"),
        )

    op.create_table(
        "purchase_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_gift", sa.Boolean(), nullable=False),
        sa.Column("returns_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_purchase_line_quantity")),
        sa.CheckConstraint("returns_line_id IS NULL OR quantity < 0", name=op.f("ck_purchase_line_returns")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_purchase_line_product_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"], name=op.f("fk_purchase_line_purchase_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["returns_line_id"], ["purchase_line.id"], name=op.f("fk_purchase_line_returns_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_line")),
        sa.UniqueConstraint("purchase_id", "position", name=op.f("uq_purchase_line_purchase_id_position")),
    )
    with op.batch_alter_table("purchase_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_purchase_line_product_id",
            ["product_id", "purchase_id"],
            unique=False,
            sqlite_where=sa.text("product_id IS NOT NULL"),
            postgresql_where=sa.text("product_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_purchase_line_returns_line_id",
            ["returns_line_id"],
            unique=False,
            sqlite_where=sa.text("returns_line_id IS NOT NULL"),
            postgresql_where=sa.text("returns_line_id IS NOT NULL"),
        )

    op.create_table(
        "tier_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tier", sa.String(length=24), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("approval_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('"on" < until', name=op.f("ck_tier_grant_span")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_tier_grant_approval_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_tier_grant_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_grant")),
    )
    with op.batch_alter_table("tier_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tier_grant_approval_id"), ["approval_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tier_grant_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "waiting_contact",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("waiting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["waiting_id"], ["waiting_line.id"], name=op.f("fk_waiting_contact_waiting_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("fingerprint", "waiting_id", name=op.f("pk_waiting_contact")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("waiting_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_contact_waiting_id"), ["waiting_id"], unique=False)

    op.create_table(
        "handover_step",
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=5), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('done', 'fixed', 'held', 'na')", name=op.f("ck_handover_step_state")),
        sa.ForeignKeyConstraint(["by_id"], ["staff_member.id"], name=op.f("fk_handover_step_by_id")),
        sa.ForeignKeyConstraint(["line_id"], ["purchase_line.id"], name=op.f("fk_handover_step_line_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["purchase_id"], ["handover.purchase_id"], name=op.f("fk_handover_step_purchase_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("purchase_id", "step", name=op.f("pk_handover_step")),
    )
    op.create_table(
        "points_allocation",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["points_entry.id"], name=op.f("fk_points_allocation_entry_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["points_lot.id"], name=op.f("fk_points_allocation_lot_id")),
        sa.PrimaryKeyConstraint("entry_id", "lot_id", name=op.f("pk_points_allocation")),
    )
    with op.batch_alter_table("points_allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_points_allocation_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "receipt_line",
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_receipt_line_batch_id")),
        sa.ForeignKeyConstraint(["line_id"], ["purchase_line.id"], name=op.f("fk_receipt_line_line_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_receipt_line")),
    )
    with op.batch_alter_table("receipt_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_line_batch_id"), ["batch_id"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        for table in CHAINED:
            for statement in guard(table):
                op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("receipt_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_line_batch_id"))

    op.drop_table("receipt_line")
    with op.batch_alter_table("points_allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_points_allocation_lot_id"))

    op.drop_table("points_allocation")
    op.drop_table("handover_step")
    with op.batch_alter_table("waiting_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_contact_waiting_id"))

    op.drop_table("waiting_contact")
    with op.batch_alter_table("tier_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tier_grant_customer_id"))
        batch_op.drop_index(batch_op.f("ix_tier_grant_approval_id"))

    op.drop_table("tier_grant")
    with op.batch_alter_table("purchase_line", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_purchase_line_returns_line_id",
            sqlite_where=sa.text("returns_line_id IS NOT NULL"),
            postgresql_where=sa.text("returns_line_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_purchase_line_product_id",
            sqlite_where=sa.text("product_id IS NOT NULL"),
            postgresql_where=sa.text("product_id IS NOT NULL"),
        )

    op.drop_table("purchase_line")
    with op.batch_alter_table("points_lot", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_points_lot_purchase_id",
            sqlite_where=sa.text("purchase_id IS NOT NULL"),
            postgresql_where=sa.text("purchase_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_points_lot_expires_at", sqlite_where=sa.text("remaining > 0"), postgresql_where=sa.text("remaining > 0"))
        batch_op.drop_index(batch_op.f("ix_points_lot_entry_id"))
        batch_op.drop_index(
            "ix_points_lot_customer_id_expires_at", sqlite_where=sa.text("remaining > 0"), postgresql_where=sa.text("remaining > 0")
        )
        batch_op.drop_index(batch_op.f("ix_points_lot_customer_id"))

    op.drop_table("points_lot")
    op.drop_table("merged_row")
    with op.batch_alter_table("merge_image", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merge_image_readable_until"))

    op.drop_table("merge_image")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_finished_at"))

    op.drop_table("handover")
    with op.batch_alter_table("waiting_line", schema=None) as batch_op:
        batch_op.drop_index("ix_waiting_line_why_customer_id")
        batch_op.drop_index(batch_op.f("ix_waiting_line_store_id"))
        batch_op.drop_index(batch_op.f("ix_waiting_line_expires_on"))
        batch_op.drop_index(batch_op.f("ix_waiting_line_customer_id"))
        batch_op.drop_index("ix_waiting_line_batch_id_why")

    op.drop_table("waiting_line")
    with op.batch_alter_table("tier_told", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tier_told_rule_set_id"))
        batch_op.drop_index("ix_tier_told_customer_id_at")

    op.drop_table("tier_told")
    with op.batch_alter_table("tier_simulation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tier_simulation_customer_id"))
        batch_op.drop_index("ix_tier_simulation_change")

    op.drop_table("tier_simulation")
    op.drop_table("tier_level")
    op.drop_table("tier_change")
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.drop_index("ix_tag_name")

    op.drop_table("tag")
    with op.batch_alter_table("share_request", schema=None) as batch_op:
        batch_op.drop_index("uq_share_request_open", sqlite_where=sa.text("status = 'asked'"), postgresql_where=sa.text("status = 'asked'"))
        batch_op.drop_index(batch_op.f("ix_share_request_store_id"))
        batch_op.drop_index(batch_op.f("ix_share_request_asked_by_id"))

    op.drop_table("share_request")
    with op.batch_alter_table("serving", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_serving_staff_id"))

    op.drop_table("serving")
    with op.batch_alter_table("purchase", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_purchase_receipt",
            sqlite_where=sa.text("receipt_number IS NOT NULL"),
            postgresql_where=sa.text("receipt_number IS NOT NULL"),
        )
        batch_op.drop_index("ix_purchase_store_id_sold_on")
        batch_op.drop_index("ix_purchase_customer_id_sold_at")

    op.drop_table("purchase")
    with op.batch_alter_table("product_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_key_product_id"))

    op.drop_table("product_key")
    with op.batch_alter_table("product_import_row", schema=None) as batch_op:
        batch_op.drop_index("ix_product_import_row_import_id_group_no")

    op.drop_table("product_import_row")
    with op.batch_alter_table("product_barcode", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_barcode_product_id"))

    op.drop_table("product_barcode")
    with op.batch_alter_table("product_accessory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_accessory_accessory_id"))

    op.drop_table("product_accessory")
    with op.batch_alter_table("points_pending", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_points_pending_customer_id"))
        batch_op.drop_index("ix_points_pending_active_at")

    op.drop_table("points_pending")
    with op.batch_alter_table("points_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_points_entry_purchase_id",
            sqlite_where=sa.text("purchase_id IS NOT NULL"),
            postgresql_where=sa.text("purchase_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_points_entry_customer_id_at")
        batch_op.drop_index(
            "ix_points_entry_by_hand", sqlite_where=sa.text("actor_id IS NOT NULL"), postgresql_where=sa.text("actor_id IS NOT NULL")
        )

    op.drop_table("points_entry")
    with op.batch_alter_table("points_balance", schema=None) as batch_op:
        batch_op.drop_index("ix_points_balance_debt", sqlite_where=sa.text("debt > 0"), postgresql_where=sa.text("debt > 0"))

    op.drop_table("points_balance")
    with op.batch_alter_table("opening_balance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opening_balance_customer_id"))

    op.drop_table("opening_balance")
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.drop_index("ix_note_customer_id_noted_at")

    op.drop_table("note")
    op.drop_table("line_name")
    with op.batch_alter_table("lately_seen", schema=None) as batch_op:
        batch_op.drop_index("ix_lately_seen_staff_at")
        batch_op.drop_index(batch_op.f("ix_lately_seen_customer_id"))

    op.drop_table("lately_seen")
    with op.batch_alter_table("inform", schema=None) as batch_op:
        batch_op.drop_index("ix_inform_store_seen")
        batch_op.drop_index("ix_inform_staff_seen")
        batch_op.drop_index(batch_op.f("ix_inform_customer_id"))

    op.drop_table("inform")
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_row_customer_id"))

    op.drop_table("import_row")
    op.drop_table("import_refusal")
    op.drop_table("import_paper")
    with op.batch_alter_table("family_member", schema=None) as batch_op:
        batch_op.drop_index("ix_family_member_customer_id")

    op.drop_table("family_member")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_fact_purge_at", sqlite_where=sa.text("purge_at IS NOT NULL"), postgresql_where=sa.text("purge_at IS NOT NULL")
        )

    op.drop_table("fact")
    with op.batch_alter_table("export_store", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_export_store_store_id"))

    op.drop_table("export_store")
    with op.batch_alter_table("export_row", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_export_row_taken_back",
            sqlite_where=sa.text("taken_back_at IS NOT NULL"),
            postgresql_where=sa.text("taken_back_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_export_row_customer_id"))

    op.drop_table("export_row")
    with op.batch_alter_table("duplicate_suspect", schema=None) as batch_op:
        batch_op.drop_index("ix_duplicate_suspect_status_score")
        batch_op.drop_index("ix_duplicate_suspect_decided_by")
        batch_op.drop_index("ix_duplicate_suspect_b_store")
        batch_op.drop_index(batch_op.f("ix_duplicate_suspect_b_id"))
        batch_op.drop_index("ix_duplicate_suspect_a_store")

    op.drop_table("duplicate_suspect")
    op.drop_table("customer_totals")
    with op.batch_alter_table("customer_tier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_tier_tier"))
        batch_op.drop_index(batch_op.f("ix_customer_tier_next_on"))

    op.drop_table("customer_tier")
    with op.batch_alter_table("customer_store", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_store_store_since")

    op.drop_table("customer_store")
    with op.batch_alter_table("customer_score", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_score_visits")
        batch_op.drop_index("ix_customer_score_spend")
        batch_op.drop_index("ix_customer_score_segment")
        batch_op.drop_index("ix_customer_score_last_on")
        batch_op.drop_index("ix_customer_score_lapses_on")

    op.drop_table("customer_score")
    with op.batch_alter_table("customer_list_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_list_entry_customer_id"))

    op.drop_table("customer_list_entry")
    with op.batch_alter_table("contact_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_point_customer_id"))

    op.drop_table("contact_point")
    with op.batch_alter_table("consent_state", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_state_until", sqlite_where=sa.text("standing = 'OK'"), postgresql_where=sa.text("standing = 'OK'"))

    op.drop_table("consent_state")
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_event_customer_recorded")
        batch_op.drop_index("ix_consent_event_customer_purpose")

    op.drop_table("consent_event")
    with op.batch_alter_table("clean_finding", schema=None) as batch_op:
        batch_op.drop_index("ix_clean_finding_customer_id")

    op.drop_table("clean_finding")
    op.drop_table("changed_file")
    with op.batch_alter_table("bought_with", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bought_with_other_id"))
        batch_op.drop_index("ix_bought_with_lift")

    op.drop_table("bought_with")
    op.drop_table("ask_rest")
    op.drop_table("ask_first")
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_approval_waiting",
            sqlite_where=sa.text("status IN ('waiting', 'alone')"),
            postgresql_where=sa.text("status IN ('waiting', 'alone')"),
        )
        batch_op.drop_index(batch_op.f("ix_approval_store_id"))
        batch_op.drop_index("ix_approval_proposed_by_id_proposed_at")
        batch_op.drop_index(batch_op.f("ix_approval_customer_id"))

    op.drop_table("approval")
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.drop_index("uq_alias_loser_open", sqlite_where=sa.text("undone_at IS NULL"), postgresql_where=sa.text("undone_at IS NULL"))
        batch_op.drop_index(batch_op.f("ix_alias_winner_id"))
        batch_op.drop_index(batch_op.f("ix_alias_loser_id"))

    op.drop_table("alias")
    with op.batch_alter_table("access_event", schema=None) as batch_op:
        batch_op.drop_index("ix_access_event_staff_at")
        batch_op.drop_index("ix_access_event_customer_at")

    op.drop_table("access_event")
    op.drop_table("tier_rule_set")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_id"))

    op.drop_table("staff_session")
    op.drop_table("product_import")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index("uq_product_code", sqlite_where=sa.text("code <> ''"), postgresql_where=sa.text("code <> ''"))
        batch_op.drop_index("uq_product_barcode", sqlite_where=sa.text("barcode <> ''"), postgresql_where=sa.text("barcode <> ''"))
        batch_op.drop_index("ix_product_category_id_name")

    op.drop_table("product")
    op.drop_table("points_policy")
    op.drop_table("points_liability")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_store_id"))

    op.drop_table("membership")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_staff_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_made_by_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_batch_store_id"))
        batch_op.drop_index(batch_op.f("ix_import_batch_signature"))
        batch_op.drop_index(batch_op.f("ix_import_batch_made_by_id"))

    op.drop_table("import_batch")
    with op.batch_alter_table("file_figure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_figure_staff_id"))

    op.drop_table("file_figure")
    with op.batch_alter_table("field_switch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_switch_by_id"))

    op.drop_table("field_switch")
    with op.batch_alter_table("export_log", schema=None) as batch_op:
        batch_op.drop_index("ix_export_log_at")
        batch_op.drop_index("ix_export_log_actor_at")

    op.drop_table("export_log")
    with op.batch_alter_table("customer_list", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_list_store_id"))

    op.drop_table("customer_list")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_owner_id"))
        batch_op.drop_index(batch_op.f("ix_customer_home_store_id"))

    op.drop_table("customer")
    with op.batch_alter_table("client_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_key_at"))

    op.drop_table("client_key")
    op.drop_table("care_note")
    op.drop_table("audit_event")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_subject"))
        batch_op.drop_index(batch_op.f("ix_assessment_decided_by_id"))

    op.drop_table("assessment")
    op.drop_table("after_sales")
    op.drop_table("sweep_mark")
    op.drop_table("store")
    op.drop_table("staff_member")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_who_at")

    op.drop_table("sign_in_attempt")
    op.drop_table("setting")
    with op.batch_alter_table("search_key", schema=None) as batch_op:
        batch_op.drop_index("ix_search_key_customer_id")

    op.drop_table("search_key")
    op.drop_table("score_cuts")
    op.drop_table("notice")
    op.drop_table("measure_figures")
    op.drop_table("job_run")
    op.drop_table("heartbeat")
    op.drop_table("chained_text")
    op.drop_table("category")
