"""A small believable brand for whoever tries Ici, with the code `demo`. It sits above every room, beside the factory.

| file | holds |
|---|---|
| `stores.py` | a dozen shops in Paris, two areas |
| `furniture.py` | a shelf of teas with its beacon and its tag |
| `shelves.py` | what the shops have and at what price, how long one waits, a tasting |
| `plans.py` | offers in different states |
| `doors.py` | the demo's passwords and keys, kept in `var/demo.json` |
| `brand.py` | makes the brand, once |
| `people.py` | sees to it that its doors open |
| `seed.py` | the way in |
"""

from app.demo.seed import seed_demo

__all__ = ["seed_demo"]
