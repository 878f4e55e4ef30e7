"""Which way to convolve is fastest, and from which kernel size on? Ten ways, one 256 x 256 image, k = 3 ... 63.

Run it on a machine that does nothing else:

    python -m course_lib.experiments.convolution_crossover

Where other work cannot be stopped, put `chrt -f 50` in front (Linux, as root): then nothing interrupts a measurement.
The record says which of the two it was.

It takes one to two minutes and writes data/results/convolution_crossover.json. Before anything is timed, all ways are
compared with each other. All compute the "same" convolution with zeros outside, in float64, except Keras (float32).
The kernel is a Gaussian, which is separable; only the separable way makes use of that, and its two factors are given.
"""

import os

import numpy as np

from course_lib.classical import convolution
from course_lib.classical.filters import gaussian1d
from course_lib.experiments import record
from course_lib.teaching.timing import store_timings, time_methods

SEED = 2
SIDE = 256
SIZES = (3, 5, 7, 9, 11, 15, 21, 31, 45, 63)
LARGEST_LOOPS = 7  # one call takes seconds, and k = 63 would take minutes
IM2COL_BYTES = 600e6  # the matrix of windows is k² times as large as the image: 2.1 GB for k = 63


def image():
    """Return the image that is convolved: the time does not depend on what is in it."""
    return np.random.default_rng(SEED).random((SIDE, SIDE))


def factors(k):
    """Return the column and the row (equal here) of a k x k Gaussian kernel that fades out within it."""
    row = gaussian1d(k / 6, radius=k // 2)
    return row, row


def loops(k):
    if k > LARGEST_LOOPS:
        return None
    x, kernel = image(), np.outer(*factors(k))
    return lambda: convolution.convolve_loops(x, kernel, "same")


def shift_and_add(k):
    x, kernel = image(), np.outer(*factors(k))
    return lambda: convolution.convolve(x, kernel, "same")


def im2col(k):
    x, kernel = image(), np.outer(*factors(k))
    if 8 * x.size * kernel.size > IM2COL_BYTES:
        return None
    return lambda: convolution.convolve_im2col(x, kernel, "same")


def separable(k):
    x, (column, row) = image(), factors(k)
    return lambda: convolution.convolve_separable(x, column, row, "same")


def fft(k):
    x, kernel = image(), np.outer(*factors(k))
    return lambda: convolution.convolve_fft(x, kernel, "same")


def scipy_convolve2d(k):
    from scipy.signal import convolve2d

    x, kernel = image(), np.outer(*factors(k))
    return lambda: convolve2d(x, kernel, "same")


def scipy_fftconvolve(k):
    from scipy.signal import fftconvolve

    x, kernel = image(), np.outer(*factors(k))
    return lambda: fftconvolve(x, kernel, "same")


def scipy_ndimage(k):
    from scipy.ndimage import convolve

    x, kernel = image(), np.outer(*factors(k))
    return lambda: convolve(x, kernel, mode="constant")


def opencv(k):
    """OpenCV correlates, so the kernel is flipped first; for large kernels it takes a Fourier transform by itself."""
    import cv2

    x, kernel = image(), np.flip(np.outer(*factors(k))).copy()
    return lambda: cv2.filter2D(x, -1, kernel, borderType=cv2.BORDER_CONSTANT)


def keras_float32(k):
    """Keras correlates, too. Making its tensors is preparation; waiting for the result belongs to the time."""
    import keras

    x = keras.ops.convert_to_tensor(image()[None, ..., None], dtype="float32")
    kernel = keras.ops.convert_to_tensor(np.flip(np.outer(*factors(k)))[..., None, None], dtype="float32")
    return lambda: keras.ops.convert_to_numpy(keras.ops.conv(x, kernel, 1, "same", "channels_last"))[0, ..., 0]


METHODS = {
    "four loops": loops,
    "shift-and-add": shift_and_add,
    "im2col": im2col,
    "separable": separable,
    "FFT": fft,
    "scipy.signal.convolve2d": scipy_convolve2d,
    "scipy.signal.fftconvolve": scipy_fftconvolve,
    "scipy.ndimage.convolve": scipy_ndimage,
    "cv2.filter2D": opencv,
    "keras.ops.conv (float32)": keras_float32,
}


def check_agreement(names, k):
    """Raise if two ways give different images: a race between unequal results means nothing."""
    expected = METHODS["FFT"](k)()
    for name in names:
        call = METHODS[name](k)
        if call is not None:
            atol = 1e-5 if "float32" in name else 1e-10
            np.testing.assert_allclose(call(), expected, rtol=0, atol=atol, err_msg=name)


def other_work():
    """Return how busy the machine was before the race, and the priority of this process, where the system tells."""
    if not hasattr(os, "getloadavg"):
        return {}
    real_time = hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) in (os.SCHED_FIFO, os.SCHED_RR)
    priority = "real-time" if real_time else f"niceness {os.nice(0)}"
    return {"load_before": round(os.getloadavg()[0], 2), "priority": priority}


def main(argv=None):
    """Measure, and write the table."""
    parser = record.parser("convolution_crossover", __doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="kernel sizes, odd and ascending")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--repeats", type=int, default=11)
    options = record.parse(parser, argv)
    burden = other_work()
    check_agreement(options.methods, options.sizes[0])
    check_agreement([name for name in options.methods if name != "four loops"], options.sizes[-1])
    timings = time_methods(
        {name: METHODS[name] for name in options.methods}, options.sizes, options.repeats, limit=10.0, budget=3.0
    )
    store_timings(
        options.out,
        timings,
        question=f"Seconds to convolve a {SIDE} x {SIDE} image with a k x k kernel, against k",
        command=options.command,
        date=record.today(),
        seed=SEED,
        **burden,
        **record.system(),
        dtype="float64; Keras float32",
        left_out=f"im2col where its matrix would exceed {IM2COL_BYTES / 1e6:.0f} MB; loops above k = {LARGEST_LOOPS}",
    )
    return timings


if __name__ == "__main__":
    main()
