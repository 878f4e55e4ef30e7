"""Exercise 13.15: the three claims that do not hold are refuted by counterexamples, so the fourth is the answer."""

import numpy as np

from course_lib.exercises import ch13


def test_a_cycle_of_two_that_swaps_is_perfect_and_wrong():
    x, y = np.array([-1.0, 1.0]), np.array([-1.0, 1.0])  # the right map leaves them as they are
    swap = np.negative
    assert ch13.cycle_loss.oracle(x, y, swap, swap) == 0
    assert np.all(swap(x) != y)
    assert ch13.which_claim.diagnose("a").kind == "mistake"


def test_a_generator_may_be_given_noise_and_ignore_it():
    def generator(mask, noise):
        return 0.7 * mask + 0 * noise

    mask, draws = np.array([0.0, 1.0]), np.random.default_rng(0).normal(size=(5, 2))
    assert np.std([generator(mask, noise) for noise in draws], axis=0).max() == 0
    assert ch13.which_claim.diagnose("b").kind == "mistake"


def test_masks_of_the_test_set_are_its_answers():
    test_masks = np.random.default_rng(1).integers(0, 2, (3, 4, 4))
    learned_by_heart = {number: mask for number, mask in enumerate(test_masks)}  # a "network" that saw masks only
    logits = np.array([2.0 * learned_by_heart[number] - 1 for number in range(3)])
    assert ch13.comes_back.oracle(test_masks, logits) == 1
    assert ch13.which_claim.diagnose("c").kind == "mistake"


def test_what_comes_back_says_nothing_about_how_it_looks():
    masks = np.random.default_rng(2).integers(0, 2, (3, 4, 4))
    grey, nearly_black = 0.7 * masks, 0.01 * masks  # two "images", and a network that reads both
    assert all(ch13.comes_back.oracle(masks, image - 0.005) == 1 for image in (grey, nearly_black))
    assert ch13.which_claim.diagnose("d").kind == "right"
