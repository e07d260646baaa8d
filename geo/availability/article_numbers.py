"""What names an article within its brand. Pure."""


def key_of(*, gtin: str | None, sku: str | None) -> str:
    """What names an article within its brand: its GTIN in fourteen digits, or else its SKU."""
    return gtin or f"sku:{sku}"
