"""The image that heads the shop's documents."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Logo
from credigestor.db.settings import ShopSettings


def content(session: Session, settings: ShopSettings) -> bytes | None:
    """The image that these settings name, PNG or JPEG in RGB, at most 1,000 px wide; or None."""
    if not settings.logo:
        return None
    return session.scalar(select(Logo.content).where(Logo.sha256 == settings.logo))
