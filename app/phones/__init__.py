"""The apps on members' phones, and what each phone itself lets its app do."""
