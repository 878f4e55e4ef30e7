"""The reader's record beside all exercises."""

from course_lib.exercises import all_exercises, overview
from course_lib.teaching.engine import progress


def test_the_summary_lists_every_exercise_in_order(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "mine.json"))
    everything = [exercise for chapter in all_exercises().values() for exercise in chapter]
    assert len(everything) >= 10
    progress.record(everything[0].number, solved=True)
    progress.record(everything[1].number, solved=False)
    rows = overview.summary()
    assert [row[0] for row in rows] == [exercise.number for exercise in everything]
    assert [row[2] for row in rows[:3]] == ["solved", "tried", "open"]
    assert overview.main([]) == 0
    printed = capsys.readouterr().out
    assert f"✓ {everything[0].number}" in printed
    assert f"1 of {len(everything)} exercises solved" in printed
    assert overview.main(["extra"]) == 2
