"""Stamp cards: a currency of stamps shown as cells. A full card gives its reward, and the next one begins."""
