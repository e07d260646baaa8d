"""Small inputs from public bug reports, tried one by one: `make cases CASES=folder`, and in the tests.

| file | tries |
|---|---|
| `case.py` | what a case is, and the folder they lie in |
| `stage.py` | a database and an application to try them on |
| `hours.py`, `shops.py` | opening hours and shops from files |
| `articles.py`, `tills.py` | article numbers on sale lines; what scanners of all countries type |
| `wallets.py` | cards from other wallets |
| `people.py`, `purchases.py` | addresses, phones, noes; purchases, instants and numbers |
"""
