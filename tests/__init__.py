"""The tests, as a package: they share `tests.helpers` and the learners' answers of `tests.exercises.answers`."""
