"""What a merge must remember so that it can be undone within 30 days; the merge itself is consent.models.Alias."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.db import Model, foreign


class MergedRow(Model):
    """A row that changed hands: ids only. `was_winners` marks one of the winner that gave way to the loser's."""

    __tablename__ = "merged_row"
    __table_args__ = (sa.PrimaryKeyConstraint("alias_id", "kind", "row_key"),)
    alias_id: Mapped[int] = foreign("alias.id", index=False)
    kind: Mapped[str] = mapped_column(sa.String(40))
    row_key: Mapped[str] = mapped_column(sa.String(80))
    was_winners: Mapped[bool] = mapped_column(default=False)


class MergeImage(Model):
    """What the winner's own row said before, sealed: {"own": {column: [before, after]}, "stores": {id: [since, how]}}."""

    __tablename__ = "merge_image"
    alias_id: Mapped[int] = mapped_column(sa.ForeignKey("alias.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]
    readable_until: Mapped[datetime] = mapped_column(index=True)
