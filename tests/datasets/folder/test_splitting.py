import numpy as np
import pytest

from course_lib.datasets.folder.splitting import groups_of, likely_pattern, split_groups

NAMES = [f"well_{well}_t{time}" for well in (1, 2, 10, 11, 3, 4, 5, 6, 7, 8, 9, 12) for time in range(3)]


@pytest.mark.parametrize("seed", [None, 0, 1])
@pytest.mark.parametrize("n", [3, 4, 5, 7, 12, 40])
def test_every_image_is_somewhere_and_no_group_on_two_sides(n, seed):
    rng = np.random.default_rng(n)
    groups = rng.permutation(np.repeat([f"g{k}" for k in range(n)], rng.integers(1, 5, n)))
    split = split_groups(groups, seed=seed)
    assert sorted(np.concatenate(split).tolist()) == list(range(len(groups)))
    sides = [set(groups[part].tolist()) for part in split]
    assert all(sides) and sum(map(len, sides)) == n
    assert len(sides[2]) >= (2 if n >= 5 else 1)


def test_without_a_seed_the_last_ones_in_natural_order_are_for_the_test():
    groups = groups_of(NAMES, r"well_(\d+)")
    split = split_groups(groups)
    parts = [sorted({int(g) for g in groups[part]}) for part in split]
    assert parts == [[1, 2, 3, 4, 5, 6], [7, 8], [9, 10, 11, 12]]
    assert not np.array_equal(split_groups(groups, seed=3).test, split.test)
    np.testing.assert_array_equal(split_groups(groups, seed=3).test, split_groups(groups, seed=3).test)


def test_shares_are_of_the_groups():
    split = split_groups(np.arange(100), shares=(8, 1, 1))
    assert [len(part) for part in split] == [80, 10, 10]


@pytest.mark.parametrize("groups", [[], ["a"], ["a", "b", "a"]])
def test_fewer_than_three_groups_are_refused(groups):
    with pytest.raises(ValueError, match="at least three"):
        split_groups(groups)


def test_groups_are_read_from_names():
    assert groups_of(["a7_x", "b7_y"], r"\d").tolist() == ["7", "7"]
    assert groups_of(["a", "b"]).tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="not found in 'b'"):
        groups_of(["a1", "b"], r"(\d)")
    with pytest.raises(ValueError, match="regular expression"):
        groups_of(["a"], "(")
    with pytest.raises(ValueError, match="three numbers"):
        split_groups([1, 2, 3], shares=(1, 1))
    with pytest.raises(ValueError, match="shares"):
        split_groups([1, 2, 3], shares=(1, 0, 1))


def test_a_pattern_is_proposed_only_where_several_images_share_a_beginning():
    assert len(set(groups_of(NAMES, likely_pattern(NAMES)))) == 12
    assert likely_pattern([f"img_{k}" for k in range(20)]) is None
    assert likely_pattern(["a", "b", "c"]) is None
    assert likely_pattern(["a_1", "a_2", "b_1"]) is None  # two groups cannot be split
