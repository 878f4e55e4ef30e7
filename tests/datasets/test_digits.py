import numpy as np

from course_lib.datasets import digits


def test_shapes_types_and_counts():
    (x_train, y_train), (x_test, y_test) = digits.load()
    assert x_train.shape == (4000, 28, 28)
    assert x_test.shape == (1000, 28, 28)
    for x, y, each in ((x_train, y_train, 400), (x_test, y_test, 100)):
        assert x.dtype == y.dtype == np.uint8
        assert x.min() == 0
        assert x.max() == 255
        np.testing.assert_array_equal(np.bincount(y), [each] * 10)
    np.testing.assert_array_equal(y_train[:12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])


def test_ink_lies_in_the_middle_as_mnist_is_made():
    (x, _), _ = digits.load()
    y, column = np.mgrid[:28, :28]
    mass = x.sum(axis=(1, 2), dtype=float)
    np.testing.assert_allclose((x * y).sum(axis=(1, 2)) / mass, 14, atol=1.2)
    np.testing.assert_allclose((x * column).sum(axis=(1, 2)) / mass, 14, atol=1.2)


def test_no_digit_is_both_in_train_and_test_and_labels_belong_to_their_pictures():
    (x_train, y_train), (x_test, y_test) = digits.load()
    assert not {image.tobytes() for image in x_train} & {image.tobytes() for image in x_test}
    # nearest class mean: wrong for shuffled or shifted labels (10 %), right for about four in five
    means = np.stack([x_train[y_train == digit].mean(axis=0).ravel() for digit in range(10)])
    distance = ((x_test.reshape(-1, 1, 784) - means) ** 2).sum(axis=-1)
    assert (distance.argmin(axis=1) == y_test).mean() > 0.75
