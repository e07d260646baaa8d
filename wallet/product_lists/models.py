"""Lists of articles, and which articles were on them when."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db


class ProductList(db.Base):
    """Articles under one name. Offers, rules and shelves name it by its `code`; `revision` grows with every change, and
    is the ETag. One that has ended names nothing any more, and its code can begin anew."""

    __tablename__ = "product_list"
    __table_args__ = (
        UniqueConstraint("brand_id", "code"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9_-]{0,39}$'", name="code_shape"),
        CheckConstraint("articles >= 0", name="articles"),
        Index("ix_product_list_listed", "brand_id", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str]
    name: Mapped[str]
    articles: Mapped[int] = mapped_column(server_default="0")
    """How many are on it now."""
    revision: Mapped[int]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ListedArticle(db.Base):
    """An article was on a list from `since` until before `until`; null while it is. What was bought is judged by what
    stood on the list when it was bought, however late anybody asks.

    `gtin` is the number of fourteen digits as a number. The key begins with what a sale asks: the articles of a basket.
    """

    __tablename__ = "product_list_article"
    __table_args__ = (
        CheckConstraint("gtin BETWEEN 0 AND 99999999999999", name="gtin"),
        CheckConstraint("until >= since", name="until"),
        Index("ix_product_list_article_now", "list_id", "gtin", unique=True, postgresql_where=text("until IS NULL")),
    )

    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    gtin: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product_list.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]
