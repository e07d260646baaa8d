"""When an offer fires inside its window: recurrence on the wall clock of a store, and what follows from it."""
