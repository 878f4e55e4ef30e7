"""Exercises of chapter 16, scaling up: bytes and operations, half precision, feeding, several devices, going on."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise
from course_lib.teaching.engine.choices import Wrong

INTENSITY, ROOF, SCALING, TIMING, FEEDING = "(16.1)", "(16.2)", "(16.3)", "section 3", "section 4"
GRADIENT, RESUMING, RING, AMDAHL, MEMORY, ENERGY = "(16.6)", "section 6", "(16.8)", "(16.9)", "(16.10)", "(16.11)"

# --- 16.1 Operations per byte -----------------------------------------------------------------------------------------


def _products(rng):
    yield 2, 2, 2, 4
    yield 1, 2, 3, 4
    yield 1, 1, 1, 8
    yield 1024, 1024, 1024, 4
    yield 1024, 1024, 1, 4
    yield 1024, 1024, 1024, 2
    for itemsize in (1, 2, 4, 8, 16, 2):
        m, k, n = (int(side) for side in rng.integers(2, 40, 3))
        yield m, k, n, itemsize


def _intensity_by_loops(m, k, n, itemsize):
    results = [(row, column) for row in range(min(m, 64)) for column in range(min(n, 64))]
    operations = sum(k + k for _ in results) * m * n / len(results)
    return operations / itemsize / (m * k + k * n + m * n)


matmul_intensity = FunctionExercise(
    "16.1",
    "Operations per byte",
    cases=_products,
    oracle=_intensity_by_loops,
    solution="""
    def intensity(m, k, n, itemsize):
        operations = 2 * m * k * n
        moved = itemsize * (m * k + k * n + m * n)
        return operations / moved
    """,
    example=(2, 2, 2, 4),
    hints=(
        "How many results are there, and how many multiplications and additions does each take?",
        "Three matrices are moved: two are read, one is written. How many numbers is that, and how many bytes?",
        "`2 * m * k * n` operations over `itemsize * (m * k + k * n + m * n)` bytes.",
    ),
)


FALSE_SIZES = {  # of one matrix, in the sum of the three
    ("first", "m · k"): {
        "m · m": lambda m, k, n: m * m + k * n + m * n,
        "k · k": lambda m, k, n: k * k + k * n + m * n,
    },
    ("second", "k · n"): {
        "n · n": lambda m, k, n: m * k + n * n + m * n,
        "k · k": lambda m, k, n: m * k + k * k + m * n,
        "m · k": lambda m, k, n: 2 * m * k + m * n,
        "m · n": lambda m, k, n: m * k + 2 * m * n,
    },
    ("third", "m · n"): {
        "m · k": lambda m, k, n: 2 * m * k + k * n,
        "k · n": lambda m, k, n: m * k + 2 * k * n,
        "m · m": lambda m, k, n: m * k + k * n + m * m,
        "n · n": lambda m, k, n: m * k + k * n + n * n,
        "k · k": lambda m, k, n: m * k + k * n + k * k,
    },
}


def _intense(operations, numbers, itemsize, ratio):
    def answer(m, k, n, size):
        return ratio(operations(m, k, n), numbers(m, k, n) * itemsize(size))

    return answer


# fmt: off
matmul_intensity.choices(
    _intense,
    place=INTENSITY,
    words="the product of two 2 × 2 matrices of float32 (`m = k = n = 2`, `itemsize = 4`)",
    operations=(
        lambda m, k, n: 2 * m * k * n,
        Wrong("the factor 2 missing", lambda m, k, n: m * k * n,
              "you get **half** of it. Either you count one operation where there are two, since each of the k "
              "products is also added (the factor 2), or you count each matrix twice, and it is moved once."),
        Wrong("k - 1 additions", lambda m, k, n: m * n * (2 * k - 1),
              "you count **k - 1 additions** a result. That is exact if a sum starts with its first product; the "
              "custom, and the statement, is k of each, since a processor adds each product to a running sum."),
        Wrong("additions k - 1, products forgotten", lambda m, k, n: m * n * (k - 1),
              "you count the **additions only**, k - 1 a result. The k multiplications count as well."),
        Wrong("one operation a result", lambda m, k, n: m * n,
              "you count **one operation a result**. Each result is a sum of k products: k multiplications and k "
              "additions."),
        Wrong("two operations a result", lambda m, k, n: 2 * m * n,
              "you count **two operations a result**; it takes k multiplications and k additions, so k is missing."),
        Wrong("n missing in the operations", lambda m, k, n: 2 * m * k,
              "**n is missing** in your operations: that is the product of a matrix and one column."),
        Wrong("m missing in the operations", lambda m, k, n: 2 * k * n,
              "**m is missing** in your operations: that is the product of one row and a matrix."),
        Wrong("operations of square matrices", lambda m, k, n: 2 * m**3,
              "you count 2 **m³** operations, as if the matrices were square; it is 2 m k n."),
        Wrong("operations of square matrices, by n", lambda m, k, n: 2 * n**3,
              "you count 2 **n³** operations, as if the matrices were square; it is 2 m k n."),
        Wrong("m for k in the operations", lambda m, k, n: 2 * m * m * n,
              "**m stands for k** in your operations. Each of m · n results takes 2 k of them."),
        Wrong("n for k in the operations", lambda m, k, n: 2 * m * n * n,
              "**n stands for k** in your operations. Each of m · n results takes 2 k of them."),
        Wrong("k twice", lambda m, k, n: 2 * m * k * k * n,
              "**k stands twice** in your operations (the sizes of the two matrices multiplied?). It is 2 m k n."),
        Wrong("four operations", lambda m, k, n: 4 * m * k * n,
              "you count **four operations** for each of the m k n pairs: the factor 2 stands there twice."),
        Wrong("one addition a result", lambda m, k, n: m * k * n + m * n,
              "you count k multiplications and **one addition** a result. Adding up k products takes k additions, by "
              "the custom that each is added to a running sum."),
        Wrong("sides added", lambda m, k, n: 2 * (m + k + n),
              "you **add the sides**. Each of m · n results takes 2 k operations: the sides are multiplied."),
        Wrong("the entries as operations", lambda m, k, n: m * k + k * n,
              "you count one operation for **each entry** of the two matrices. Each entry is used many times: there "
              "are m · n results of 2 k operations."),
        Wrong("the entries as operations, doubled", lambda m, k, n: 2 * (m * k + k * n),
              "you count two operations for **each entry** of the two matrices. Each entry is used many times: there "
              "are m · n results of 2 k operations."),
    ),
    numbers=(
        lambda m, k, n: m * k + k * n + m * n,
        Wrong("the result not written", lambda m, k, n: m * k + k * n,
              "you **forget the result**: its m · n numbers are moved, too, when they are written."),
        Wrong("the result read and written", lambda m, k, n: m * k + k * n + 2 * m * n,
              "you count the **result twice**, read and written. It is written once."),
        Wrong("the first matrix not read", lambda m, k, n: k * n + m * n,
              "you **forget the first matrix**, m · k numbers that are read."),
        Wrong("the second matrix not read", lambda m, k, n: m * k + m * n,
              "you **forget the second matrix**, k · n numbers that are read."),
        Wrong("the result only", lambda m, k, n: m * n,
              "you move the **result only**. The two matrices are read, too."),
        Wrong("the first matrix only", lambda m, k, n: m * k,
              "you move the **first matrix only**; the second is read and the result written, too."),
        Wrong("read anew each time", lambda m, k, n: 2 * m * k * n + m * n,
              "you read both numbers **anew for every product**. Here each matrix is moved once: what was read is "
              "kept, and that is where the intensity comes from."),
        Wrong("m k n numbers", lambda m, k, n: m * k * n,
              "you move **m · k · n** numbers. The matrices hold m · k, k · n and m · n of them."),
        Wrong("2 m k n numbers", lambda m, k, n: 2 * m * k * n,
              "you move **as many numbers as there are operations**. Each matrix is moved once: m · k, k · n and "
              "m · n numbers."),
        Wrong("sides added for sizes", lambda m, k, n: m + k + n,
              "you **add the sides** for the numbers moved. A matrix holds rows times columns."),
        Wrong("square matrices moved", lambda m, k, n: 3 * m * m,
              "you move three matrices of **m · m**. They are m · k, k · n and m · n."),
        Wrong("square matrices moved, by n", lambda m, k, n: 3 * n * n,
              "you move three matrices of **n · n**. They are m · k, k · n and m · n."),
        Wrong("three of the first matrix", lambda m, k, n: 3 * m * k,
              "you move three matrices of **m · k**. They are m · k, k · n and m · n."),
        Wrong("three of the result", lambda m, k, n: 3 * m * n,
              "you move three matrices of **m · n**. They are m · k, k · n and m · n."),
        Wrong("squares of the sides", lambda m, k, n: m * m + k * k + n * n,
              "you add the **squares** of the sides. A matrix holds rows times columns: m · k, k · n, m · n."),
        *(Wrong(f"{false} for the {which} matrix", numbers,
                f"the **{which} matrix** has {false} numbers for you; it has {right}"
                + (": it is the result." if which == "third" else "."))
          for (which, right), several in FALSE_SIZES.items() for false, numbers in several.items()),
        Wrong("sizes multiplied", lambda m, k, n: m * k * k * n,
              "you **multiply** the sizes of the two matrices; what is moved is added."),
        Wrong("three sizes multiplied", lambda m, k, n: (m * k * n) ** 2,
              "you **multiply** the sizes of the three matrices; what is moved is added."),
    ),
    itemsize=(
        lambda s: s,
        Wrong("elements for bytes", lambda s: 1,
              "you count **numbers, not bytes**: a number is `itemsize` bytes."),
        Wrong("bits", lambda s: 8 * s,
              "you count **bits** (8 for a byte). `itemsize` is in bytes, and bytes are asked for."),
        Wrong("bits for bytes", lambda s: s / 8,
              "you divide `itemsize` by **8**, as if it were in bits. It is in bytes."),
        Wrong("4 bytes always", lambda s: 4,
              "a number has **4 bytes** for you, whatever `itemsize` is."),
        Wrong("8 bytes always", lambda s: 8,
              "a number has **8 bytes** for you, whatever `itemsize` is."),
        Wrong("itemsize squared", lambda s: s * s,
              "`itemsize` stands **twice** in your bytes."),
        Wrong("divided by itemsize", lambda s: 1 / s,
              "you **divide** the numbers by `itemsize`; each of them is `itemsize` bytes, so multiply (look at your "
              "brackets)."),
        Wrong("2 to itemsize", lambda s: 2**s,
              "you take **2 to the power** of `itemsize` for the bytes of a number; it is `itemsize` itself."),
    ),
    ratio=(
        lambda operations, moved: operations / moved,
        Wrong("bytes for an operation", lambda operations, moved: moved / operations,
              "your ratio is **upside down**: bytes for an operation. Asked are operations for a byte."),
        Wrong("cut off to a whole number", lambda operations, moved: operations // moved,
              "you divide with **//**, which cuts the fraction off. Use /."),
        Wrong("rounded to a whole number", lambda operations, moved: round(operations / moved),
              "you **round** to a whole number. Return the ratio as it is."),
        Wrong("rounded to one decimal", lambda operations, moved: round(operations / moved, 1),
              "you **round** to one decimal. Return the ratio as it is."),
        Wrong("the operations", lambda operations, moved: operations,
              "you return the **operations**; divide them by the bytes."),
        Wrong("the bytes", lambda operations, moved: moved,
              "you return the **bytes**; the operations are to be divided by them."),
        Wrong("multiplied", lambda operations, moved: operations * moved,
              "you **multiply** operations and bytes; operations *for* a byte is a ratio."),
        Wrong("the difference", lambda operations, moved: operations - moved,
              "you **subtract** the bytes; operations *for* a byte is a ratio."),
        Wrong("in giga", lambda operations, moved: operations / moved * 1e9,
              "your result is 10⁹ **times too large**: the bytes in giga, but not the operations."),
        Wrong("in billionths", lambda operations, moved: operations / moved / 1e9,
              "your result is 10⁹ **times too small**: the operations in giga, but not the bytes."),
        Wrong("in KiB", lambda operations, moved: operations / moved * 1024,
              "your result is **1024 times** too large: operations for a kilobyte. Operations for a *byte* are asked "
              "for."),
        Wrong("in kB", lambda operations, moved: operations / moved * 1000,
              "your result is **1000 times** too large: operations for a kilobyte. Operations for a *byte* are asked "
              "for."),
        Wrong("a pair", lambda operations, moved: (operations, moved),
              "you return **both**, operations and bytes. Asked is one over the other."),
        Wrong("in per cent", lambda operations, moved: 100 * operations / moved,
              "you multiply by **100**. The ratio is asked for as it is, in operations for a byte."),
    ),
)


@matmul_intensity.mistake("a product that is an entry too early")
def _(m, k, n, itemsize):
    """your **brackets** are missing: `itemsize * m * k + k * n + m * n` multiplies only the first matrix by
    `itemsize`. For two 2 × 2 matrices of float32 you return `0.6667`, see (16.1)."""
    return 2 * m * k * n / (itemsize * m * k + k * n + m * n)


@matmul_intensity.mistake("no brackets behind the division")
def _(m, k, n, itemsize):
    """the **brackets** around the bytes are missing: a / b * c is (a / b) * c. For two 2 × 2 matrices of float32 you
    return `48`, see (16.1)."""
    return 2 * m * k * n / itemsize * (m * k + k * n + m * n)


@matmul_intensity.mistake("no brackets at all")
def _(m, k, n, itemsize):
    """the **brackets** around the bytes are missing: / and * go from left to right. For two 2 × 2 matrices of float32
    you return `24`, see (16.1)."""
    return 2 * m * k * n / itemsize * m * k + k * n + m * n


@matmul_intensity.mistake("itemsize added")
def _(m, k, n, itemsize):
    """you **add** `itemsize` to the numbers; each of them has so many bytes, so multiply. For two 2 × 2 matrices of
    float32 you return `1`, see (16.1)."""
    return 2 * m * k * n / (itemsize + m * k + k * n + m * n)


@matmul_intensity.mistake("itemsize for the two that are read")
def _(m, k, n, itemsize):
    """your **brackets** are in the wrong place: the result's m · n numbers are not multiplied by `itemsize`. For two 2
    × 2 matrices of float32 you return `0.4444`, see (16.1)."""
    return 2 * m * k * n / (itemsize * (m * k + k * n) + m * n)


@matmul_intensity.mistake("one addition a result, its bytes forgotten")
def _(m, k, n, itemsize):
    """the **brackets** above the line are missing: only the additions are divided by the bytes. For two 2 × 2 matrices
    of float32 you return `8.083`, see (16.1)."""
    return m * k * n + m * n / (itemsize * (m * k + k * n + m * n))


@matmul_intensity.mistake("no brackets around the sum")
def _(m, k, n, itemsize):
    """the **brackets** around the bytes are missing: only the first matrix is divided by. For two 2 × 2 matrices of
    float32 you return `9`, see (16.1)."""
    return 2 * m * k * n / (itemsize * m * k) + k * n + m * n
# fmt: on


# --- 16.2 The least time ----------------------------------------------------------------------------------------------


def _machines(rng):
    yield 6, 8, 2, 4
    yield 2, 8, 2, 4
    yield 8, 8, 2, 4
    yield 30, 10, 10, 2
    yield 20, 20, 10, 2
    yield 50, 10, 10, 2
    yield 100, 10, 10, 2
    yield 2, 10, 10, 2
    yield 2e9, 1.2e7, 3.57e11, 2.7e10
    yield 1e6, 1.2e7, 3.57e11, 2.7e10
    for _ in range(4):
        peak, bandwidth = rng.uniform(20, 90), rng.uniform(3, 9)
        ridge, nbytes = peak / bandwidth, rng.uniform(10, 50)
        for part in (0.02, 0.3, 0.8, 1.3, 3):
            yield float(part * ridge * nbytes), float(nbytes), float(peak), float(bandwidth)
    yield 12.0, 5.0, 1.5, 6.0  # more bytes than operations a second: the ridge is left of 1
    yield 3.0, 20.0, 2.0, 8.0
    yield 12.0, 5.0, 0.5, 0.8
    yield 15.0, 4.0, 0.9, 0.7


def _seconds_by_the_roof(flops, nbytes, peak, bandwidth):
    return flops / min(peak, flops / nbytes * bandwidth)


roof_seconds = FunctionExercise(
    "16.2",
    "The least time",
    cases=_machines,
    oracle=_seconds_by_the_roof,
    solution="""
    def seconds(flops, nbytes, peak, bandwidth):
        computing = flops / peak
        moving = nbytes / bandwidth
        return max(computing, moving)
    """,
    example=(6, 8, 2, 4),
    hints=(
        "How long does the arithmetic alone take, and how long the moving alone?",
        "Both go on at the same time. Which of the two do you wait for?",
        "The larger of `flops / peak` and `nbytes / bandwidth`.",
    ),
)


def _timed(computing, moving, together, unit):
    def answer(flops, nbytes, peak, bandwidth):
        a, b = computing(flops, peak, bandwidth), moving(nbytes, peak, bandwidth)
        return unit(together(a, b, flops, nbytes, peak, bandwidth))

    return answer


def _chosen(test):
    """The arithmetic's time where a test says that it is the longer one, else that of moving."""
    return lambda a, b, flops, nbytes, peak, bandwidth: a if test(flops, nbytes, peak, bandwidth) else b


# fmt: off
roof_seconds.choices(
    _timed,
    place=ROOF,
    words="`flops = 6`, `nbytes = 8`, `peak = 2`, `bandwidth = 4` (3 s of arithmetic, 2 s of moving)",
    computing=(
        lambda flops, peak, bandwidth: flops / peak,
        Wrong("operations times peak", lambda flops, peak, bandwidth: flops * peak,
              "you **multiply** the operations by `peak`. Operations over operations a second are seconds."),
        Wrong("peak over operations", lambda flops, peak, bandwidth: peak / flops,
              "your time of arithmetic is **upside down**, peak / flops: operations over operations a second are "
              "seconds."),
        Wrong("operations over bandwidth", lambda flops, peak, bandwidth: flops / bandwidth,
              "you divide the operations by **bandwidth**, which is in bytes a second. Operations belong to `peak`."),
        Wrong("operations as they are", lambda flops, peak, bandwidth: flops,
              "you **do not divide** the operations by `peak`: you compare a number of operations with seconds."),
        Wrong("twice the operations", lambda flops, peak, bandwidth: 2 * flops / peak,
              "you **double** the operations. `flops` counts multiplications and additions already."),
        Wrong("half of the operations", lambda flops, peak, bandwidth: flops / peak / 2,
              "you **halve** the operations. `flops` counts operations, and so does `peak`."),
        Wrong("whole seconds of arithmetic", lambda flops, peak, bandwidth: flops // peak,
              "you divide the operations with **//**, which cuts the fraction off. Use /."),
    ),
    moving=(
        lambda nbytes, peak, bandwidth: nbytes / bandwidth,
        Wrong("bytes times bandwidth", lambda nbytes, peak, bandwidth: nbytes * bandwidth,
              "you **multiply** the bytes by `bandwidth` (or divide the intensity by it). Bytes over bytes a second "
              "are seconds."),
        Wrong("bandwidth over bytes", lambda nbytes, peak, bandwidth: bandwidth / nbytes,
              "your time of moving is **upside down**, bandwidth / nbytes: bytes over bytes a second are seconds."),
        Wrong("bytes over peak", lambda nbytes, peak, bandwidth: nbytes / peak,
              "you divide the bytes by **peak**, which is in operations a second. Bytes belong to `bandwidth`."),
        Wrong("bytes as they are", lambda nbytes, peak, bandwidth: nbytes,
              "you **do not divide** the bytes by `bandwidth`: you compare a number of bytes with seconds."),
        Wrong("bits moved", lambda nbytes, peak, bandwidth: 8 * nbytes / bandwidth,
              "you multiply the bytes by **8**: bits. `nbytes` and `bandwidth` are both in bytes."),
        Wrong("bytes taken for bits", lambda nbytes, peak, bandwidth: nbytes / 8 / bandwidth,
              "you divide by **8**. `nbytes` and `bandwidth` are both in bytes."),
        Wrong("numbers of four bytes", lambda nbytes, peak, bandwidth: 4 * nbytes / bandwidth,
              "you multiply the bytes by **4**, as if they were numbers of float32. `nbytes` is in bytes."),
        Wrong("four bytes a number", lambda nbytes, peak, bandwidth: nbytes / 4 / bandwidth,
              "you divide the bytes by **4**, which makes numbers of them. `bandwidth` is in bytes a second."),
        Wrong("read and written", lambda nbytes, peak, bandwidth: 2 * nbytes / bandwidth,
              "you **double** the bytes, read and written. `nbytes` are all that are moved."),
        Wrong("whole seconds of moving", lambda nbytes, peak, bandwidth: nbytes // bandwidth,
              "you divide the bytes with **//**, which cuts the fraction off. Use /."),
    ),
    together=(
        lambda a, b, *rest: max(a, b),
        Wrong("the sum of both", lambda a, b, *rest: a + b,
              "you **add** the two times. The machine computes and moves at the same time; the least time is that of "
              "the slower of the two."),
        Wrong("the shorter of both", lambda a, b, *rest: min(a, b),
              "you take the **shorter** of the two times. It is not done before the longer one is over. (Of the two "
              "*rates*, peak and intensity times bandwidth, it is the smaller one.)"),
        Wrong("the arithmetic only", lambda a, b, *rest: a,
              "you return the time of the **arithmetic** alone. Where few operations are done for a byte, one waits "
              "for the bytes."),
        Wrong("the moving only", lambda a, b, *rest: b,
              "you return the time of **moving** alone. Where many operations are done for a byte, one waits for the "
              "arithmetic."),
        Wrong("the mean of both", lambda a, b, *rest: (a + b) / 2,
              "you take the **mean** of the two times; one waits for the longer one."),
        Wrong("the product of both", lambda a, b, *rest: a * b,
              "you **multiply** the two times; one waits for the longer one."),
        Wrong("the root of squares", lambda a, b, *rest: (a * a + b * b) ** 0.5,
              "you take the **root of the sum of squares**; one waits for the longer one."),
        Wrong("the difference", lambda a, b, *rest: abs(a - b),
              "you take the **difference** of the two times, which is how long one of the two stands idle. One waits "
              "for the longer one."),
        Wrong("the ratio", lambda a, b, *rest: a / b,
              "you return the **ratio** of the two times, which says what one waits for, not how long."),
        Wrong("the other ratio", lambda a, b, *rest: b / a,
              "you return the **ratio** of the two times, which says what one waits for, not how long."),
        Wrong("the rate", lambda a, b, flops, nbytes, peak, bandwidth: min(peak, flops / nbytes * bandwidth),
              "you return the **rate**, operations a second, which is the roof itself. Asked are seconds: operations "
              "over it."),
        Wrong("the higher roof", lambda a, b, flops, nbytes, peak, bandwidth:
              max(peak, flops / nbytes * bandwidth),
              "you return the **higher** of two rates. The roof is the lower one, and asked are seconds: operations "
              "over it."),
        Wrong("one over the rate", lambda a, b, flops, nbytes, peak, bandwidth:
              1 / min(peak, flops / nbytes * bandwidth),
              "you return **one over the rate**: the time of a single operation. Multiply by the operations."),
        Wrong("bytes over the rate", lambda a, b, flops, nbytes, peak, bandwidth:
              nbytes / min(peak, flops / nbytes * bandwidth),
              "you divide the **bytes** by the rate of operations. Operations belong there."),
        Wrong("intensity upside down in the roof", lambda a, b, flops, nbytes, peak, bandwidth:
              flops / min(peak, nbytes / flops * bandwidth),
              "your **intensity is upside down**: the sloping part of the roof is flops / nbytes times bandwidth."),
        Wrong("no intensity in the roof", lambda a, b, flops, nbytes, peak, bandwidth:
              flops / min(peak, bandwidth),
              "you compare `peak` with **bandwidth** itself, operations with bytes. The sloping part of the roof is "
              "intensity times bandwidth."),
        Wrong("the time at the ridge", lambda a, b, flops, nbytes, peak, bandwidth: flops / (peak / bandwidth),
              "you divide the operations by the **ridge**, peak / bandwidth, which is an intensity and no rate."),
        Wrong("ridge inverted",
              _chosen(lambda flops, nbytes, peak, bandwidth: flops / nbytes > bandwidth / peak),
              "your **ridge is inverted**: you compare the intensity, operations for a byte, with bandwidth / peak, "
              "which is bytes for an operation. The ridge is peak / bandwidth."),
        Wrong("the product for the ridge",
              _chosen(lambda flops, nbytes, peak, bandwidth: flops / nbytes > peak * bandwidth),
              "you compare the intensity with peak **times** bandwidth. The ridge is peak / bandwidth."),
        Wrong("bytes for an operation compared with the ridge",
              _chosen(lambda flops, nbytes, peak, bandwidth: nbytes / flops > peak / bandwidth),
              "your **intensity is upside down**: you compare bytes for an operation with the ridge, which is in "
              "operations for a byte. And one computes on the right of it."),
        Wrong("operations compared with bytes",
              _chosen(lambda flops, nbytes, peak, bandwidth: flops > nbytes),
              "you compare the **number of operations with the number of bytes**, as if the ridge of every machine "
              "were 1. It is peak / bandwidth."),
        Wrong("intensity compared with peak",
              _chosen(lambda flops, nbytes, peak, bandwidth: flops / nbytes > peak),
              "you compare the intensity with **peak**; the ridge is peak / bandwidth."),
        Wrong("intensity compared with bandwidth",
              _chosen(lambda flops, nbytes, peak, bandwidth: flops / nbytes > bandwidth),
              "you compare the intensity with **bandwidth**; the ridge is peak / bandwidth."),
        Wrong("peak compared with bandwidth",
              _chosen(lambda flops, nbytes, peak, bandwidth: peak < bandwidth),
              "you compare **peak with bandwidth**, which says nothing about this computation. Compare the two times."),
        Wrong("peak compared with bandwidth, the other way",
              _chosen(lambda flops, nbytes, peak, bandwidth: peak > bandwidth),
              "you compare **peak with bandwidth**, which says nothing about this computation. Compare the two times."),
        Wrong("the rates added", lambda a, b, flops, nbytes, peak, bandwidth:
              flops / (peak + flops / nbytes * bandwidth),
              "you **add the two rates**, peak and intensity times bandwidth. The roof is the lower of the two."),
        Wrong("bytes missing in the roof", lambda a, b, flops, nbytes, peak, bandwidth:
              flops / min(peak, flops * bandwidth),
              "`nbytes` is **missing** in your intensity: the sloping part of the roof is flops / nbytes times "
              "bandwidth."),
        Wrong("bytes over peak on the right of the ridge", lambda a, b, flops, nbytes, peak, bandwidth:
              b if flops / nbytes < peak / bandwidth else nbytes / peak,
              "on the right of the ridge you divide the **bytes** by `peak`. Operations belong there."),
        Wrong("operations over bandwidth on the left of the ridge", lambda a, b, flops, nbytes, peak, bandwidth:
              a if flops / nbytes > peak / bandwidth else flops / bandwidth,
              "on the left of the ridge you divide the **operations** by `bandwidth`. Bytes belong there."),
        Wrong("operations times bytes", lambda a, b, flops, nbytes, peak, bandwidth:
              flops * nbytes / min(peak, bandwidth),
              "you **multiply** operations and bytes. Make seconds of each, by its own rate."),
        Wrong("operations and bytes added", lambda a, b, flops, nbytes, peak, bandwidth:
              (flops + nbytes) / (peak + bandwidth),
              "you **add operations and bytes**, and their rates. They are different things: make seconds of each."),
        Wrong("operations and bytes added over the lower rate", lambda a, b, flops, nbytes, peak, bandwidth:
              (flops + nbytes) / min(peak, bandwidth),
              "you **add operations and bytes**. They are different things: make seconds of each, by its own rate."),
        Wrong("the larger number over the lower rate", lambda a, b, flops, nbytes, peak, bandwidth:
              max(flops, nbytes) / min(peak, bandwidth),
              "you take the larger of **operations and bytes**. They are different things: make seconds of each, by "
              "its own rate."),
        Wrong("the larger number over the higher rate", lambda a, b, flops, nbytes, peak, bandwidth:
              max(flops, nbytes) / max(peak, bandwidth),
              "you take the larger of **operations and bytes**. They are different things: make seconds of each, by "
              "its own rate."),
        Wrong("a pair of times", lambda a, b, *rest: (a, b),
              "you return **both** times. Asked is the one that one waits for."),
    ),
    unit=(
        lambda x: x,
        Wrong("milliseconds", lambda x: 1e3 * x if isinstance(x, (int, float)) else x,
              "your result is in **milliseconds**. Seconds are asked for."),
        Wrong("microseconds", lambda x: 1e6 * x if isinstance(x, (int, float)) else x,
              "your result is in **microseconds**. Seconds are asked for."),
        Wrong("giga", lambda x: x / 1e9 if isinstance(x, (int, float)) else x,
              "you divide by **10⁹**. All arguments are in plain units, so the result is in seconds already."),
        Wrong("rounded up", lambda x: math.ceil(x) if isinstance(x, (int, float)) else x,
              "you **round up** to whole seconds. Return the time as it is."),
    ),
)
# fmt: on


# --- 16.3 A step in float16 -------------------------------------------------------------------------------------------

NAN, INF = float("nan"), float("inf")
STEP = np.array([1.0, 2.0]), np.array([8.0, -16.0]), 4.0, 0.5
SKIP = np.array([1.0, 2.0]), np.array([8.0, INF]), 4.0, 0.5


def _gradients(rng):
    yield STEP
    yield SKIP
    yield np.array([1.0, 2.0]), np.array([NAN, 8.0]), 8.0, 0.25
    yield np.array([3.0, 0.0, -1.0]), np.array([1.0, -INF, 2.0]), 2.0, 0.1
    yield np.array([3.0, 1.0, -1.0]), np.array([INF, -INF, NAN]), 16.0, 0.1
    yield np.array([0.5, 0.25, -1.0]), np.array([INF, -INF, 1.0]), 3.0, 0.2  # the sum is NaN
    yield np.array([0.0, 4.0]), np.array([0.0, 0.0]), 2.0, 1.0
    yield np.array([1.0, -3.0, 2.0]), np.array([1e6, -3e5, 70000.0]), 32768.0, 0.01
    yield np.array([1.0, -3.0, 2.0]), np.array([-1e6, 3e5, 70000.0]), 1.0, 1e-5
    yield np.array([1.0, -3.0, 2.0]), np.array([5000.0, 20.0, -3000.0]), 1024.0, 0.5
    yield np.array([1.0, -2.0]), np.array([3.0, INF]), 1.0, 0.5
    for shape, bad in (((3,), None), ((2, 2), None), ((2, 3), NAN), ((4,), INF), ((3, 2), -INF), ((2, 2, 2), None),
                       ((5,), None), ((2, 3, 2), INF), ((2, 2), -INF), ((3,), NAN)):  # fmt: skip
        scaled = rng.normal(0, 50, shape)
        if bad is not None:
            scaled[tuple(int(rng.integers(1, side)) for side in shape)] = bad
        yield rng.normal(0, 2, shape), scaled, float(rng.choice([2.0, 5.0, 64.0, 1024.0])), float(rng.uniform(0.05, 2))


def _updated_by_loops(weights, scaled, scale, rate):
    result = weights.astype(float).copy()
    for i in np.ndindex(scaled.shape):
        if math.isinf(scaled[i]) or math.isnan(scaled[i]):
            return weights.copy(), 0.5 * scale
        result[i] = weights[i] - rate * (scaled[i] / scale)
    return result, scale


scaled_update = FunctionExercise(
    "16.3",
    "A step in float16",
    cases=_gradients,
    oracle=_updated_by_loops,
    solution="""
    import numpy as np

    def update(weights, scaled, scale, rate):
        if not np.isfinite(scaled).all():
            return weights, scale / 2
        return weights - rate * scaled / scale, scale
    """,
    example=STEP,
    hints=(
        "Look at the gradients first: is every number in them finite? `np.isfinite` knows.",
        "If so, divide by the scale before the step. If not, leave the weights alone and halve the scale.",
        "`return weights, scale / 2` where `not np.isfinite(scaled).all()`, else the step with `scaled / scale`.",
    ),
    fixed=("weights.dtype", "scaled.dtype"),
)


def _updated(gradient, step, broken, skipped, scale_after):
    def answer(weights, scaled, scale, rate):
        if broken(scaled, weights, scale, rate):
            return skipped(weights, scaled, scale, rate)
        return step(weights, gradient(scaled, scale), rate), scale_after(scale)

    return answer


def _only_good_entries(weights, scaled, scale, rate):
    return np.where(np.isfinite(scaled), weights - rate * scaled / scale, weights)


# fmt: off
scaled_update.choices(
    _updated,
    place=SCALING,
    words="the weights `[1, 2]` with the scaled gradients `[8, -16]`, `scale = 4` and `rate = 0.5`",
    gradient=(
        lambda g, s: g / s,
        Wrong("unscaling forgotten", lambda g, s: g,
              "you **forget to unscale**: the gradients are those of `scale` times the loss. Divide by `scale` before "
              "the step, or it is `scale` times too long."),
        Wrong("multiplied by the scale", lambda g, s: g * s,
              "you **multiply** the gradients by the scale once more. They are `scale` times too large already: "
              "divide."),
        Wrong("divided by half the scale", lambda g, s: g / (s / 2),
              "you divide by **half** of the scale. The gradients were made with the whole."),
        Wrong("divided by twice the scale", lambda g, s: g / (2 * s),
              "you divide by **twice** the scale. The gradients were made with `scale` itself."),
        Wrong("unscaled twice", lambda g, s: g / s**2,
              "you divide by the scale **twice**. Once is enough."),
        Wrong("the root of the scale", lambda g, s: g / np.sqrt(s),
              "you divide by the **root** of the scale; it is the scale itself."),
        Wrong("the scale taken off", lambda g, s: g - s,
              "you **subtract** the scale. The loss was *multiplied* by it, so the gradients are divided by it."),
        Wrong("whole numbers", lambda g, s: g // s,
              "you divide with **//**, which cuts the fractions off. Use /."),
        Wrong("the sign only", lambda g, s: np.sign(g),
              "you keep only the **sign** of the gradients. Divide them by `scale`."),
        Wrong("divided by the number of gradients", lambda g, s: g / s / g.size,
              "you divide by the **number of gradients** as well. Each is a gradient already: divide by `scale` "
              "alone."),
        Wrong("divided by the number of rows", lambda g, s: g / s / len(g),
              "you divide by the **length of `scaled`** as well. Divide by `scale` alone."),
        Wrong("the mean gradient", lambda g, s: np.full(g.shape, g.mean() / s),
              "all weights take the **mean** of the gradients. Each weight has its own."),
        Wrong("cut off at -1 and 1", lambda g, s: np.clip(g / s, -1, 1),
              "you **cut off** the gradients at -1 and 1; that is not asked for."),
        Wrong("divided by their length", lambda g, s: g / np.linalg.norm(g),
              "you divide the gradients by their **length**. They are to be divided by `scale`."),
        Wrong("divided by the largest", lambda g, s: g / np.abs(g).max(),
              "you divide the gradients by the **largest** of them. They are to be divided by `scale`."),
        Wrong("cut off at 65504", lambda g, s: np.clip(g, -65504, 65504) / s,
              "you **cut off** the scaled gradients at 65504, the largest float16. These are finite, and the step "
              "takes them as they are."),
    ),
    step=(
        lambda w, g, rate: w - rate * g,
        Wrong("uphill", lambda w, g, rate: w + rate * g,
              "you **add** the gradient: the loss grows. Take it away."),
        Wrong("rate missing", lambda w, g, rate: w - g,
              "the **rate is missing**: the step is `rate` times the gradient."),
        Wrong("divided by the rate", lambda w, g, rate: w - g / rate,
              "you **divide** by the rate; the step is `rate` times the gradient."),
        Wrong("the step itself", lambda w, g, rate: -rate * g,
              "you return the **step**, not the weights after it."),
        Wrong("the gradients", lambda w, g, rate: g,
              "you return the **gradients**, not the weights after the step."),
        Wrong("the step in the wrong direction alone", lambda w, g, rate: rate * g,
              "you return **rate times the gradient**, not the weights after the step."),
        Wrong("weights as they are", lambda w, g, rate: w,
              "you leave the weights **as they are** where the gradients are finite: there the step is taken."),
        Wrong("weights times rate", lambda w, g, rate: rate * (w - g),
              "your **brackets** are wrong: the rate multiplies the weights, too."),
        Wrong("weights shrunk", lambda w, g, rate: (1 - rate) * w - rate * g,
              "you **shrink the weights** as well (weight decay); only the step is asked for."),
        Wrong("rate squared", lambda w, g, rate: w - rate**2 * g,
              "the rate stands **twice** in your step."),
    ),
    broken=(
        lambda g, w, s, rate: not np.isfinite(g).all(),
        Wrong("not tested", lambda g, w, s, rate: False,
              "your test **never finds** anything, or there is none (`== np.nan` is never true): one inf or NaN in the "
              "gradients, and the weights are lost for ever. Test `np.isfinite(scaled)`."),
        Wrong("only NaN tested", lambda g, w, s, rate: np.isnan(g).any(),
              "you test for **NaN only**. Too large a number becomes inf in float16: test `np.isfinite`."),
        Wrong("only inf tested", lambda g, w, s, rate: np.isinf(g).any(),
              "your test finds **inf only** (`== np.nan` is never true). inf - inf and 0 · inf are NaN: test "
              "`np.isfinite`."),
        Wrong("only +inf tested", lambda g, w, s, rate: (g == np.inf).any(),
              "you test for **+inf only**. There are -inf and NaN as well: test `np.isfinite`."),
        Wrong("skipped only if nothing is finite", lambda g, w, s, rate: not np.isfinite(g).any(),
              "you skip only if **no** gradient is finite: `any` stands where `all` is meant. A single bad one is "
              "enough."),
        Wrong("only the first gradient tested", lambda g, w, s, rate: not np.isfinite(g.flat[0]),
              "you test the **first** gradient only. Any of them may be inf or NaN."),
        Wrong("only the last gradient tested", lambda g, w, s, rate: not np.isfinite(g.flat[-1]),
              "you test the **last** gradient only. Any of them may be inf or NaN."),
        Wrong("the test turned round", lambda g, w, s, rate: np.isfinite(g).all(),
              "your **test is turned round**: you skip what is finite and take the step where something is not."),
        Wrong("skipped if anything is finite", lambda g, w, s, rate: np.isfinite(g).any(),
              "your **test is turned round**: you skip where *any* gradient is finite. Skip where any is *not*."),
        Wrong("always skipped", lambda g, w, s, rate: True,
              "you **always skip** the step and halve the scale, also where all gradients are finite."),
        Wrong("65504 is too large", lambda g, w, s, rate: not (np.abs(g) <= 65504).all(),
              "you also skip gradients above **65504**, the largest float16. What is finite here is good: the step is "
              "taken."),
        Wrong("a limit of 1000", lambda g, w, s, rate: not (np.abs(g) < 1000).all(),
              "you also skip **large** gradients. What is finite is good: the step is taken."),
        Wrong("zeros are bad", lambda g, w, s, rate: not (np.isfinite(g).all() and g.all()),
              "you also skip where a gradient is **0**. Zero is finite, and the step is taken."),
    ),
    skipped=(
        lambda w, g, s, rate: (w, s / 2),
        Wrong("scale not halved", lambda w, g, s, rate: (w, s),
              "you skip the step, and **do not halve the scale**: the next gradients will be too large again."),
        Wrong("scale doubled", lambda w, g, s, rate: (w, 2 * s),
              "you **double** the scale where the gradients were too large. Halve it."),
        Wrong("a tenth of the scale", lambda w, g, s, rate: (w, s / 10),
              "you divide the scale by **10**; it is halved."),
        Wrong("a quarter of the scale", lambda w, g, s, rate: (w, s / 4),
              "you divide the scale by **4**; it is halved, once for a skipped step."),
        Wrong("scale less 1", lambda w, g, s, rate: (w, s - 1),
              "you take **1** off the scale; it is halved."),
        Wrong("scale a whole number", lambda w, g, s, rate: (w, s // 2),
              "you halve the scale with **//**: 5 becomes 2. Use /."),
        Wrong("scale kept at 1 or more", lambda w, g, s, rate: (w, max(s // 2, 1)),
              "you halve the scale with **//** and keep it at 1 or more. Use /."),
        Wrong("scale 1", lambda w, g, s, rate: (w, 1.0),
              "you set the scale to **1**; it is halved."),
        Wrong("scale 0", lambda w, g, s, rate: (w, 0.0),
              "you set the scale to **0**; it is halved."),
        Wrong("root of the scale", lambda w, g, s, rate: (w, s**0.5),
              "you take the **root** of the scale; it is halved."),
        Wrong("only the bad entries skipped", lambda w, g, s, rate: (_only_good_entries(w, g, s, rate), s / 2),
              "you skip **only the bad entries** and step with the others. Where one has overflowed, the whole step is "
              "skipped."),
        Wrong("only the bad entries skipped, scale kept", lambda w, g, s, rate: (_only_good_entries(w, g, s, rate), s),
              "you skip **only the bad entries**, step with the others and keep the scale. Where one has overflowed, "
              "the whole step is skipped and the scale halved."),
        Wrong("nan_to_num", lambda w, g, s, rate: (w - rate * np.nan_to_num(g) / s, s / 2),
              "you replace inf by the **largest number there is** (`np.nan_to_num`) and step with it. Skip the step."),
        Wrong("nan_to_num, scale kept", lambda w, g, s, rate: (w - rate * np.nan_to_num(g) / s, s),
              "you replace inf by the **largest number there is** (`np.nan_to_num`) and step with it. Skip the step "
              "and halve the scale."),
        Wrong("NaN replaced", lambda w, g, s, rate: (w - rate * np.where(np.isnan(g), 0, g) / s, s / 2),
              "you replace **NaN** and step with the inf that are left. Skip the step."),
        Wrong("stepped all the same", lambda w, g, s, rate: (w - rate * g / s, s / 2),
              "you halve the scale and **step all the same**: inf or NaN gets into the weights. Skip the step."),
        Wrong("stepped with half the scale", lambda w, g, s, rate: (w - rate * g / (s / 2), s / 2),
              "you halve the scale and **step all the same**: half of inf is inf. Skip the step."),
        Wrong("weights 0", lambda w, g, s, rate: (np.zeros_like(w), s / 2),
              "you return weights of **0** where the step is skipped. Return them as they are."),
        Wrong("weights unscaled", lambda w, g, s, rate: (w / s, s / 2),
              "you divide the **weights** by the scale where the step is skipped. Return them as they are."),
        Wrong("weights halved", lambda w, g, s, rate: (w / 2, s / 2),
              "you halve the **weights**, too. Only the scale is halved."),
        Wrong("weights halved, not the scale", lambda w, g, s, rate: (w / 2, s),
              "you halve the **weights**. It is the scale that is halved."),
        Wrong("gradients returned", lambda w, g, s, rate: (g, s / 2),
              "you return the **gradients** where the step is skipped. Return the weights as they are."),
        Wrong("rate halved", lambda w, g, s, rate: (w, rate / 2),
              "you return half of the **rate**. It is the scale that is halved."),
    ),
    scale_after=(
        lambda s: s,
        Wrong("scale doubled after a good step", lambda s: 2 * s,
              "you **double** the scale after a good step. Libraries do so after some thousand good steps; here it "
              "stays as it is."),
        Wrong("scale halved after a good step", lambda s: s / 2,
              "you halve the scale **after a good step**. It stays as it is there."),
        Wrong("scale 1 after a good step", lambda s: 1.0,
              "you return a scale of **1** after a good step. It stays as it is."),
        Wrong("one over the scale", lambda s: 1 / s,
              "you return **one over** the scale after a good step. It stays as it is."),
        Wrong("scale one more", lambda s: s + 1,
              "you add **1** to the scale after a good step. It stays as it is."),
    ),
)


@scaled_update.mistake("scale as the rate")
def _(weights, scaled, scale, rate):
    """`scale` and `rate` are **exchanged** in your step. For the weights `[1, 2]`, scaled gradients `[8, -16]`,
    `scale = 4`, `rate = 0.5` you return `([-63, 130], 4)`. See (16.3)."""
    if not np.isfinite(scaled).all():
        return weights, scale / 2
    return weights - scale * scaled / rate, scale


@scaled_update.mistake("weights unscaled as well")
def _(weights, scaled, scale, rate):
    """your **brackets** are wrong: the weights are divided by the scale, too. For the weights `[1, 2]`, scaled
    gradients `[8, -16]`, `scale = 4`, `rate = 0.5` you return `([-0.75, 2.5], 4)`. See (16.3)."""
    return ((weights - rate * scaled) / scale, scale) if np.isfinite(scaled).all() else (weights, scale / 2)


@scaled_update.mistake("weights unscaled in place of the gradients")
def _(weights, scaled, scale, rate):
    """you divide the **weights** by the scale; it is the gradients that are too large. For the weights `[1, 2]`, scaled
    gradients `[8, -16]`, `scale = 4`, `rate = 0.5` you return `([-3.75, 8.5], 4)`. See (16.3)."""
    return (weights / scale - rate * scaled, scale) if np.isfinite(scaled).all() else (weights, scale / 2)


@scaled_update.mistake("gradients upside down")
def _(weights, scaled, scale, rate):
    """your gradients are **upside down**: scale over `scaled`. For the weights `[1, 2]`, scaled gradients `[8, -16]`,
    `scale = 4`, `rate = 0.5` you return `([0.75, 2.125], 4)`. See (16.3)."""
    with np.errstate(all="ignore"):
        return (weights - rate * scale / scaled, scale) if np.isfinite(scaled).all() else (weights, scale / 2)


# fmt: on


# --- 16.4 Three epochs ------------------------------------------------------------------------------------------------

FOUR = (
    np.array([10, 20, 30, 40]),
    np.array([[2, 0, 3, 1], [1, 3, 0, 2]]),
    np.array([[1, 2, 3, 4], [5, 6, 7, 8]]),
    2,
)


def _pipelines(rng):
    yield FOUR
    yield np.array([10, 20, 30]), np.array([[1, 2, 0], [2, 0, 1]]), np.array([[1, 2, 3], [4, 5, 6]]), 2
    yield np.array([5.0, 7.0]), np.array([[1, 0]]), np.array([[0.5, 0.25]]), 1
    shapes = (6, 2, 2), (6, 3, 3), (7, 3, 2), (9, 2, 4), (8, 4, 4), (5, 3, 5), (11, 2, 3), (10, 2, 5)
    for count, several, size in shapes:
        order = np.array([rng.permutation(count) for _ in range(several)])
        yield rng.normal(0, 50, count).round(1), order, rng.normal(0, 1, (several, count)).round(2), size
    yield np.arange(100, 112), np.array([rng.permutation(12) for _ in range(3)]), rng.integers(1, 9, (3, 12)), 4


def _fed_by_loops(images, order, change, size):
    epochs = []
    for places, added in zip(order, change, strict=True):
        batches, batch = [], []
        for place, more in zip(places, added, strict=True):
            batch.append(images[place] + more)
            if len(batch) == size:
                batches.append(batch)
                batch = []
        epochs.append(batches)
    return np.array(epochs)


feeding_order = FunctionExercise(
    "16.4",
    "Three epochs",
    cases=_pipelines,
    oracle=_fed_by_loops,
    solution="""
    import numpy as np

    def epochs(images, order, change, size):
        whole = len(images) // size * size
        fed = []
        for e in range(len(order)):
            shuffled = images[order[e]]
            augmented = shuffled + change[e]
            fed.append(augmented[:whole].reshape(-1, size))
        return np.array(fed)
    """,
    example=FOUR,
    hints=(
        "Each epoch starts again from the clean `images`. What is done first: shuffle, change, or batch?",
        "`images[order[e]]` are the images in the order of epoch e; `change[e]` goes with them, place by place.",
        "Then take the first `len(images) // size * size` of them and `.reshape(-1, size)`.",
    ),
    fixed=("images.ndim", "order.ndim", "order.dtype", "change.ndim"),
)


def _fed(shuffled, changed, combined, batched):
    def answer(images, order, change, size):
        places = np.array([shuffled(order, e, size) for e in range(len(order))])
        added = np.array([changed(change, places, e) for e in range(len(order))])
        return batched(combined(images, places, added), size)

    return answer


def _batches(values, size):
    whole = values.shape[1] // size * size
    return values[:, :whole].reshape(len(values), -1, size)


def _batches_shuffled(ranks):
    """Batches of neighbours in the file: whole batches change places, by the numbers that `ranks` finds in `order`."""

    def places(order, e, size):
        count = order.shape[1] // size
        rest = np.arange(count * size, order.shape[1])
        return np.concatenate([np.arange(count * size).reshape(count, size)[ranks(order[e], count)].ravel(), rest])

    return places


def _last_left_out(order, e, size):
    whole = order.shape[1] // size * size
    return np.concatenate([order[e][order[e] < whole], order[e][order[e] >= whole]])


def _shuffled_within(order, e, size):
    count = order.shape[1]
    return np.concatenate([start + np.argsort(order[e][start : start + size]) for start in range(0, count, size)])


def _shuffled_on(order, e, size):
    places = order[0]
    for later in order[1 : e + 1]:
        places = places[later]
    return places


def _by_image(change, places, e):
    """What each image got in the first epoch, wherever it comes in epoch e."""
    return change[0][np.argsort(places[0])[places[e]]]


def _piled_up(change, places, e):
    return sum(change[i][np.argsort(places[i])[places[e]]] for i in range(e + 1))


# fmt: off
feeding_order.choices(
    _fed,
    place=FEEDING,
    words="the images `[10, 20, 30, 40]` in batches of two, two epochs in the orders `[2, 0, 3, 1]` and `[1, 3, 0, "
          "2]`, changed by `[1, 2, 3, 4]` and `[5, 6, 7, 8]`",
    shuffled=(
        lambda order, e, size: order[e],
        Wrong("not shuffled", lambda order, e, size: np.arange(order.shape[1]),
              "the images come in the **order of the file**, in every epoch: `order` has no effect."),
        Wrong("the same order in every epoch", lambda order, e, size: order[0],
              "the images come in the **order of the first epoch** in all epochs (shuffled once, then kept). Each "
              "epoch has its own."),
        Wrong("the last order in every epoch", lambda order, e, size: order[-1],
              "the images come in the **order of the last epoch** in all epochs. Each has its own."),
        Wrong("the order inverted", lambda order, e, size: np.argsort(order[e]),
              "you read `order` **the other way round**: image i goes to place order[i] (that is what "
              "`out[order] = images` and `argsort` do). `order[e][j]` is the image that comes as the j-th."),
        Wrong("the order backwards", lambda order, e, size: order[e][::-1],
              "the images come **backwards**."),
        Wrong("shuffled what was shuffled", _shuffled_on,
              "you **shuffle what is shuffled already**: the second epoch's order is applied to the first epoch's "
              "result. Each epoch starts from `images`."),
        Wrong("orders of the epochs exchanged", lambda order, e, size: order[-1 - e],
              "the orders of the **epochs are exchanged**, the last one comes first."),
        Wrong("shuffle after batch", _batches_shuffled(lambda o, count: o[o < count]),
              "you **batch first and shuffle the batches**: images that are neighbours in the file stay together in "
              "every epoch. Shuffle the images, then batch."),
        Wrong("shuffle after batch, by rank", _batches_shuffled(lambda o, count: np.argsort(o[:count])),
              "you **batch first and shuffle the batches**, by the first numbers of `order`: images that are "
              "neighbours in the file stay together in every epoch. Shuffle the images, then batch."),
        Wrong("shuffle after batch, inverted", _batches_shuffled(lambda o, count: np.argsort(np.argsort(o[:count]))),
              "you **batch first and shuffle the batches**, by the ranks of the first numbers of `order`: images that "
              "are neighbours in the file stay together in every epoch. Shuffle the images, then batch."),
        Wrong("shuffled within the batches", _shuffled_within,
              "you batch first and shuffle **within the batches**: a batch holds the same images in every epoch. "
              "Shuffle all images, then batch."),
        Wrong("the last images never used", _last_left_out,
              "you leave out the **last images of the file** before you shuffle, so they are never trained on. Shuffle "
              "first; then in each epoch others are left over."),
    ),
    changed=(
        lambda change, places, e: change[e],
        Wrong("not changed", lambda change, places, e: 0 * change[e],
              "the images are **not changed** at all: `change` has no effect."),
        Wrong("cache after augmentation", _by_image,
              "you **keep the changed images** of the first epoch and only shuffle them later: a cache after the "
              "augmentation. Each image is changed anew in every epoch."),
        Wrong("the first epoch's changes at every place", lambda change, places, e: change[0],
              "you use the **changes of the first epoch** in all epochs. Each has its own."),
        Wrong("the last epoch's changes", lambda change, places, e: change[-1],
              "you use the **changes of the last epoch** in all epochs. Each has its own."),
        Wrong("changed before the shuffle", lambda change, places, e: change[e][places[e]],
              "you add the changes **before you shuffle**, so they are shuffled along. `change[e][j]` belongs to the "
              "image that *comes* as the j-th."),
        Wrong("cache after augmentation, before the shuffle", lambda change, places, e: change[0][places[e]],
              "you change all images **once, before the epochs begin**, and only shuffle them later: a cache after the "
              "augmentation. Each image is changed anew in every epoch, when it comes."),
        Wrong("changes piled up in the file's order", lambda change, places, e: change[: e + 1].sum(axis=0)[places[e]],
              "you change the images **in place, before you shuffle**: in the second epoch the first one's changes are "
              "still in them. Start from the clean images in every epoch."),
        Wrong("changes piled up", _piled_up,
              "you change the images **in place**: in the second epoch the first one's changes are still in them. "
              "Start from the clean images in every epoch."),
        Wrong("changes of places piled up", lambda change, places, e: change[: e + 1].sum(axis=0),
              "your changes are **added up over the epochs**. Each epoch has its own."),
        Wrong("changes taken away", lambda change, places, e: -change[e],
              "you **take the changes away**; they are added."),
        Wrong("the first change for all", lambda change, places, e: np.full_like(change[e], change[e][0]),
              "all images of an epoch get the change of its **first** one. Each has its own."),
        Wrong("the mean change for all", lambda change, places, e: np.full(len(change[e]), change[e].mean()),
              "all images of an epoch get its **mean** change. Each has its own."),
        Wrong("changes backwards", lambda change, places, e: change[e][::-1],
              "the changes of an epoch come **backwards**."),
        Wrong("changed twice", lambda change, places, e: 2 * change[e],
              "you add the changes **twice**."),
        Wrong("changes of the epochs exchanged", lambda change, places, e: change[-1 - e],
              "the changes of the **epochs are exchanged**."),
        Wrong("changes put back in the file's order", lambda change, places, e: change[e][np.argsort(places[e])],
              "your changes are **sorted back** into the order of the file. `change[e][j]` belongs to the image that "
              "comes as the j-th."),
    ),
    combined=(
        lambda images, places, added: images[places] + added,
        Wrong("multiplied by the changes", lambda images, places, added: images[places] * added,
              "you **multiply** by the changes; they are added."),
        Wrong("stretched by the changes", lambda images, places, added: images[places] * (1 + added),
              "you multiply by **1 + change**; the changes are added."),
        Wrong("the changes only", lambda images, places, added: 0 * images[places] + added,
              "you return the **changes** alone; they are added to the images."),
        Wrong("numbers of images", lambda images, places, added: places + added,
              "you add the changes to the **numbers** of the images, `order`. Look the images up: "
              "`images[order[e]]`."),
        Wrong("numbers of images alone", lambda images, places, added: places + 0 * added,
              "you return the **numbers** of the images, `order`. Look the images up and change them."),
    ),
    batched=(
        _batches,
        Wrong("the rest filled up with zeros", lambda values, size: _filled(values, size, 0),
              "you **fill up the last batch with zeros**. What does not fill a batch is dropped."),
        Wrong("the rest filled up from the start", lambda values, size: _filled(values, size, None),
              "you **fill up the last batch** with the first images again. What does not fill a batch is dropped."),
        Wrong("the first images dropped", lambda values, size: _batches(values[:, values.shape[1] % size :], size),
              "you drop the **first** images where the batches do not come out even. The last ones are left over."),
        Wrong("one batch too few", lambda values, size: _batches(values, size)[:, :-1],
              "the **last whole batch is missing**. Only what does not fill a batch is dropped."),
        Wrong("batches taken with strides",
              lambda values, size: _batches(values, size).reshape(len(values), size, -1).swapaxes(1, 2),
              "your batches are made of **every so-manyth** image. A batch holds images that come one after the "
              "other."),
        Wrong("size batches", lambda values, size: _batches(values, size).reshape(len(values), size, -1),
              "you make **`size` batches**. `size` is the number of images in a batch: the shape is (E, N // size, "
              "size)."),
        Wrong("axes exchanged", lambda values, size: _batches(values, size).swapaxes(1, 2),
              "the last two **axes are exchanged**: the shape is (E, N // size, size)."),
        Wrong("not batched", lambda values, size: values,
              "you **do not batch**: the shape is (E, N // size, size)."),
        Wrong("not batched, the rest dropped",
              lambda values, size: _batches(values, size).reshape(len(values), -1),
              "you drop the rest and **do not batch**: the shape is (E, N // size, size)."),
        Wrong("batches of all epochs in one row", lambda values, size: _batches(values, size).reshape(-1, size),
              "the batches of **all epochs stand in one row**. Each epoch by itself: the shape is (E, N // size, "
              "size)."),
        Wrong("batched across the epochs", lambda values, size: _batches(values.reshape(1, -1), size)[0],
              "your batches **go on across the epochs** (repeat before batch). What is left over at the end of an "
              "epoch is dropped."),
        Wrong("the rest carried into the next epoch",
              lambda values, size: values.ravel()[: len(values) * (values.shape[1] // size) * size].reshape(
                  len(values), -1, size),
              "your batches **go on across the epochs**, and only at the very end something is dropped. What is left "
              "over at the end of an epoch is dropped there."),
        Wrong("the rest not dropped", lambda values, size: values.reshape(len(values), -1, size),
              "you **do not drop the rest**: where the last batch is incomplete, `reshape` cannot make batches."),
        Wrong("overlapping batches",
              lambda values, size: [[list(row[i : i + size]) for i in range(len(row) - size + 1)] for row in values],
              "your batches **overlap**: each begins one image after the one before. It begins `size` images after."),
        Wrong("the first epoch, its axis kept", lambda values, size: _batches(values, size)[:1],
              "you return the **first epoch** only: a `return` inside the loop?"),
        Wrong("the first epoch only", lambda values, size: _batches(values, size)[0],
              "you return the **first epoch** only: a `return` inside the loop?"),
        Wrong("the last epoch only", lambda values, size: _batches(values, size)[-1],
              "you return the **last epoch** only. All are asked for, (E, N // size, size)."),
        Wrong("the first batches only", lambda values, size: _batches(values, size)[:, 0],
              "you return the **first batch** of each epoch only. All are asked for, (E, N // size, size)."),
        Wrong("the first epoch left out", lambda values, size: _batches(values, size)[1:],
              "the **first epoch is missing**."),
        Wrong("the last epoch left out", lambda values, size: _batches(values, size)[:-1],
              "the **last epoch is missing**."),
        Wrong("the batches backwards", lambda values, size: _batches(values, size)[:, ::-1],
              "the **batches** of an epoch come backwards."),
        Wrong("backwards within the batches", lambda values, size: _batches(values, size)[:, :, ::-1],
              "the images **within a batch** come backwards."),
        Wrong("sorted", lambda values, size: _batches(np.sort(values, axis=1), size),
              "your images are **sorted** by their value. They come in the order that `order` says."),
        Wrong("the mean of each batch", lambda values, size: _batches(values, size).mean(axis=2),
              "you return the **mean** of each batch. All its images are asked for."),
        Wrong("epochs mixed", lambda values, size: values.T[: values.shape[1] // size * size].reshape(
                  len(values), -1, size),
              "the **epochs are mixed**: you take the first image of every epoch, then the second (a transposed "
              "array). Each epoch by itself."),
        Wrong("the epochs backwards", lambda values, size: _batches(values, size)[::-1],
              "the **epochs come backwards**."),
        Wrong("the rest in a short batch", lambda values, size: _with_short_batch(values, size),
              "you keep the **incomplete last batch**. What does not fill a batch is dropped."),
    ),
)
# fmt: on


def _filled(values, size, filling):
    missing = -values.shape[1] % size
    more = values[:, :missing] if filling is None else np.full((len(values), missing), filling)
    return _batches(np.concatenate([values, more], axis=1), size)


def _with_short_batch(values, size):
    """Lists, as the rows have not the same length."""
    return [[list(row[i : i + size]) for i in range(0, len(row), size)] for row in values]


# --- 16.5 One gradient ------------------------------------------------------------------------------------------------

SHARES = np.array([[3.0, 0.0], [6.0, 9.0]]), np.array([8, 4])


def _of_devices(rng):
    yield np.array([1.0, 4.0]), np.array([2, 1])
    yield SHARES
    yield np.array([3.0, 5.0]), np.array([4, 4])
    yield np.array([[2.0, -1.0, 3.0]]), np.array([5])
    yield np.array([1, 7, 4]), np.array([8, 4, 4])
    yield np.array([[1, 2], [5, 0], [0, 3]]), np.array([1, 1, 6])
    for shape in ((2,), (3,), (2, 3), (3, 3), (4, 2), (2, 2, 2), (3, 2, 4), (4, 4, 4), (5, 3)):
        yield rng.normal(0, 3, shape), rng.integers(1, 12, shape[0])
    yield rng.normal(0, 3, (2, 4)), np.array([300, 20])


def _over_all_samples(means, counts):
    samples = [mean for mean, count in zip(means, counts, strict=True) for _ in range(count)]
    return sum(samples) / len(samples)


one_gradient = FunctionExercise(
    "16.5",
    "One gradient",
    cases=_of_devices,
    oracle=_over_all_samples,
    solution="""
    import numpy as np

    def one_gradient(means, counts):
        shares = counts / counts.sum()
        return np.tensordot(shares, means, axes=1)
    """,
    example=SHARES,
    hints=(
        "What is the *sum* of the gradients over the samples of one device, if you know their mean and their number?",
        "Add those sums of all devices. By what do you divide, once, at the end?",
        "`sum(n * g for n, g in zip(counts, means)) / counts.sum()`.",
    ),
    fixed=("counts.ndim", "counts.dtype"),
)


def _running(counts):
    """Shares in g = (g n₀ + m n) / (n₀ + n), if n₀ stays that of the first device."""
    shares = np.zeros(len(counts))
    shares[0] = 1
    for i, n in enumerate(counts[1:], start=1):
        shares *= counts[0] / (counts[0] + n)
        shares[i] = n / (counts[0] + n)
    return shares


def _gathered(shares, shaped, gathered):
    def answer(means, counts):
        weights = np.asarray(shares(counts), dtype=float)
        return gathered(shaped(weights, means) * means, means, counts)

    return answer


def _one_each(weights, means):
    return weights.reshape(-1, *[1] * (means.ndim - 1))


# fmt: off
one_gradient.choices(
    _gathered,
    place=GRADIENT,
    words="the means `[3, 0]` of 8 samples and `[6, 9]` of 4",
    shares=(
        lambda n: n / n.sum(),
        Wrong("mean of unequal means", lambda n: np.full(len(n), 1 / len(n)),
              "you take the **mean of the means**. They are of unequal numbers of samples: each sample of the smaller "
              "share then counts for more. Weigh each mean by its number."),
        Wrong("SUM for MEAN", lambda n: np.ones(len(n)),
              "you **sum** the means: SUM where MEAN is meant. With K equal devices that is K times too long a step."),
        Wrong("per-replica for global batch", lambda n: n / n[0],
              "you divide by the number of samples of **one device**, the first. It is the number of samples of all, "
              "the global batch."),
        Wrong("divided by the last device's number", lambda n: n / n[-1],
              "you divide by the number of samples of **one device**, the last. It is the number of samples of all, "
              "the global batch."),
        Wrong("divided by the largest number", lambda n: n / n.max(),
              "you divide by the **largest** number of samples; it is the number of samples of all."),
        Wrong("divided by the mean number", lambda n: n / n.mean(),
              "you divide by the **mean** number of samples a device: K times too large. It is the number of samples "
              "of all, the global batch."),
        Wrong("not divided", lambda n: n,
              "you add up over all samples and **do not divide**. Divide by their number."),
        Wrong("divided by the number of devices", lambda n: n / len(n),
              "you multiply by the numbers and divide by the **number of devices**; divide by the number of samples of "
              "all."),
        Wrong("as if all had the first one's number", lambda n: n / (len(n) * n[0]),
              "you divide by the number of devices times the number of the **first**. The shares are unequal: divide "
              "by the sum of the numbers."),
        Wrong("as if all had the largest number", lambda n: n / (len(n) * n.max()),
              "you divide by the number of devices times the **largest** number. The shares are unequal: divide by the "
              "sum of the numbers."),
        Wrong("a running mean of two", lambda n: np.r_[0.5 ** (len(n) - 1), 0.5 ** np.arange(len(n) - 1, 0, -1)],
              "you average **two at a time**, the result so far and the next one. The numbers have no effect, and the "
              "last device counts for half."),
        Wrong("a running mean with the first number only", _running,
              "you average on from device to device and **do not add up the numbers** so far: to the first device's "
              "number comes that of each next one."),
        Wrong("the numbers missing above", lambda n: 1 / n.sum() * np.ones(len(n)),
              "you divide the sum of the means by the number of **all samples**: each mean must first be multiplied by "
              "its own number."),
        Wrong("the sum of the means over the first number", lambda n: np.ones(len(n)) / n[0],
              "you divide the sum of the **means** by the number of the first device. They are means already: multiply "
              "each by its number, and divide by the sum of the numbers."),
        Wrong("numbers less 1", lambda n: (n - 1) / (n - 1).sum() if n.max() > 1 else 0 * n,
              "you weigh by the numbers **less 1**: that belongs to variances."),
        Wrong("means divided by their numbers", lambda n: 1 / n,
              "you **divide** each mean by its number of samples. It is a mean already; multiply to get the sum."),
        Wrong("means divided by their numbers, mean", lambda n: 1 / n / len(n),
              "you **divide** each mean by its number of samples, and average. It is a mean already; multiply to get "
              "the sum."),
        Wrong("weights inverted", lambda n: (1 / n) / (1 / n).sum(),
              "your weights are **upside down**: the device with fewer samples counts for more."),
        Wrong("numbers squared", lambda n: n**2 / (n**2).sum(),
              "you weigh by the **squares** of the numbers; it is the numbers themselves."),
        Wrong("numbers squared over all", lambda n: n**2 / n.sum(),
              "the number of samples stands **twice** above: n² for n."),
        Wrong("roots of the numbers", lambda n: np.sqrt(n) / np.sqrt(n).sum(),
              "you weigh by the **roots** of the numbers; it is the numbers themselves."),
        Wrong("less one", lambda n: n / (n.sum() - 1),
              "you divide by one **less** than the number of samples: that belongs to a variance, not to a mean."),
        Wrong("one more", lambda n: n / (n.sum() + 1),
              "you divide by one **more** than the number of samples."),
        Wrong("divided twice", lambda n: n / n.sum() / len(n),
              "you weigh rightly, and then **divide by the number of devices** as well (a `mean` where a `sum` is "
              "meant?). The weights add up to 1 already."),
        Wrong("1 less the share", lambda n: 1 - n / n.sum(),
              "you weigh by **1 less** the share: the device with fewer samples counts for more."),
        Wrong("divided by all samples twice", lambda n: n / n.sum() ** 2,
              "you divide by the number of samples **twice**."),
        Wrong("divided by the product of the numbers", lambda n: n / np.prod(n),
              "you divide by the **product** of the numbers; it is their sum."),
        Wrong("the first and the last only", lambda n: n / n.sum() * (
                  (np.arange(len(n)) == 0).astype(int) + (np.arange(len(n)) == len(n) - 1)),
              "you add only the **first and the last** device, whatever K is. All count."),
        Wrong("the first two only", lambda n: n / n.sum() * (np.arange(len(n)) < 2),
              "you add only the **first two** devices, whatever K is. All count."),
        Wrong("a softmax of the numbers", lambda n: np.exp(n - n.max()) / np.exp(n - n.max()).sum(),
              "you take a **softmax** of the numbers; a share is n over the sum of all n."),
        Wrong("numbers backwards", lambda n: n[::-1] / n.sum(),
              "the **numbers are exchanged**: the first device gets the last one's."),
        Wrong("the largest share only", lambda n: np.arange(len(n)) == np.argmax(n),
              "you take the mean of the **device with most samples** alone. All count."),
        Wrong("the first device only", lambda n: np.arange(len(n)) == 0,
              "you take the mean of the **first** device alone. All count."),
        Wrong("the last device only", lambda n: np.arange(len(n)) == len(n) - 1,
              "you take the mean of the **last** device alone. All count."),
        Wrong("the first share alone, weighed", lambda n: n / n.sum() * (np.arange(len(n)) == 0),
              "you weigh the **first** device and forget the others (a `return` inside the loop?)."),
        Wrong("the last share alone, weighed", lambda n: n / n.sum() * (np.arange(len(n)) == len(n) - 1),
              "you weigh the **last** device and lose the others (`=` where `+=` is meant?)."),
        Wrong("whole shares", lambda n: n // n.sum(),
              "you divide with **//**, which makes every share 0. Use /."),
    ),
    shaped=(
        _one_each,
        Wrong("numbers not reshaped", lambda weights, means: weights,
              "you multiply with numbers of the shape (K,) **as they are**. NumPy lines up the *last* axes, so they "
              "meet the entries of the gradient, not the devices. Give them the shape (K, 1, ...)."),
        Wrong("one axis more", lambda weights, means: weights[:, None],
              "you give the numbers **one axis more**, whatever the shape of the gradients is. It must be (K, 1, ...) "
              "with as many axes as `means` has."),
    ),
    gathered=(
        lambda weighted, means, counts: weighted.sum(axis=0),
        Wrong("summed over everything", lambda weighted, means, counts: weighted.sum(),
              "you sum over **all entries** (no `axis`). The gradient keeps the shape of one device's: sum over axis "
              "0."),
        Wrong("divided by the entries",
              lambda weighted, means, counts: weighted.sum(axis=0) * counts.sum() / means.size,
              "you divide by the number of **entries of `means`**; it is the number of samples of all."),
        Wrong("summed along the last axis", lambda weighted, means, counts: weighted.sum(axis=-1),
              "you sum along the **last axis**. The devices are axis 0."),
        Wrong("averaged over everything", lambda weighted, means, counts: weighted.mean(),
              "you average over **all entries** (no `axis`). The gradient keeps the shape of one device's."),
        Wrong("not summed", lambda weighted, means, counts: weighted,
              "you weigh the gradients and **do not add them** up over the devices, axis 0."),
        Wrong("the median of the devices", lambda weighted, means, counts: np.median(means, axis=0),
              "you take the **median** of the devices' means. Asked is the mean over all samples."),
        Wrong("the largest of the devices", lambda weighted, means, counts: means.max(axis=0),
              "you take the **largest** of the devices' means, entry by entry. Asked is the mean over all samples."),
        Wrong("the midpoint", lambda weighted, means, counts: (means.max(axis=0) + means.min(axis=0)) / 2,
              "you take the **midpoint** between the devices' extremes. Asked is the mean over all samples."),
        Wrong("a copy for each device", lambda weighted, means, counts: np.repeat(weighted.sum(axis=0)[None],
                                                                                len(means), axis=0),
              "you return a copy **for each device**. Asked is the gradient once, in the shape of one device's."),
        Wrong("rounded down", lambda weighted, means, counts: np.floor(weighted.sum(axis=0)),
              "you divide with **//**, which rounds down. Use /."),
        Wrong("the wrong sign", lambda weighted, means, counts: -weighted.sum(axis=0),
              "your gradient has the **wrong sign**. Only the step goes against it."),
        Wrong("the axis kept", lambda weighted, means, counts: weighted.sum(axis=0, keepdims=True),
              "you keep the **axis of the devices** (`keepdims`). Asked is the gradient in the shape of one device's."),
    ),
)
# fmt: on


# --- 16.6 Go on exactly -----------------------------------------------------------------------------------------------

SAVED = np.array([1.0]), np.array([2.0]), 1, np.array([[0.0], [3.0]]), 1


def _killed(rng):
    yield SAVED
    yield np.array([1.0]), np.array([0.0]), 0, np.array([[0.0], [3.0]]), 2
    yield np.array([1.0, 4.0]), np.array([2.0, -1.0]), 2, np.array([[0.0, 1.0], [3.0, 2.0], [5.0, 6.0]]), 0
    for entries, many, t, steps in ((1, 3, 4, 5), (2, 3, 2, 4), (3, 4, 7, 3), (2, 5, 6, 9), (4, 2, 3, 1), (2, 1, 5, 3),
                                    (3, 3, 3, 6), (2, 4, 13, 7), (3, 6, 2, 8)):  # fmt: skip
        yield rng.normal(0, 2, entries), rng.normal(0, 2, entries), t, rng.normal(0, 3, (many, entries)), steps


def _gone_on_by_numbers(w, v, t, batches, steps):
    weights, velocity = w.tolist(), v.tolist()
    for step in range(t, t + steps):
        aim = batches[step % len(batches)].tolist()
        for i in range(len(weights)):
            velocity[i] = 0.9 * velocity[i] + weights[i] - aim[i]
            weights[i] -= 0.1 * velocity[i]
    return np.array(weights), np.array(velocity), t + steps


exact_resume = FunctionExercise(
    "16.6",
    "Go on exactly",
    cases=_killed,
    oracle=_gone_on_by_numbers,
    solution="""
    def go_on(w, v, t, batches, steps):
        for _ in range(steps):
            g = w - batches[t % len(batches)]
            v = 0.9 * v + g
            w = w - 0.1 * v
            t = t + 1
        return w, v, t
    """,
    example=SAVED,
    hints=(
        "Begin with all three that were saved: weights, velocity, and the number of steps that are done.",
        "Which batch comes next? The one that would have come if nobody had killed the training: `t` knows.",
        "In a loop of `steps` rounds: the gradient with `batches[t % len(batches)]`, then `v`, then `w`, then `t`.",
    ),
    fixed=("w.ndim", "w.dtype", "v.ndim", "v.dtype", "batches.ndim", "batches.dtype"),
)


def _resumed(begun, batch, gradient, velocity, move, rounds, done):
    def answer(w, v, t, batches, steps):
        first = t
        w, v, t = begun(w, v, t)
        for i in range(rounds(first, steps)):
            g = gradient(w, batch(batches, t, i, steps))
            old, v = v, velocity(v, g)
            w = move(w, v, g, old)
            t += 1
        return w, v, done(t, first, steps)

    return answer


# fmt: off
exact_resume.choices(
    _resumed,
    place=RESUMING,
    words="`w = [1]`, `v = [2]`, `t = 1`, `batches = [[0], [3]]` and one step (g = -2, v = -0.2)",
    begun=(
        lambda w, v, t: (w, v, t),
        Wrong("weights-only resume", lambda w, v, t: (w, 0 * v, t),
              "you **resume the weights only**: the velocity begins at 0. It was saved, so go on with `v`."),
        Wrong("steps counted from 0", lambda w, v, t: (w, v, 0),
              "you begin at **step 0** again: the data start anew. Go on with step `t`."),
        Wrong("weights alone, steps counted from 0", lambda w, v, t: (w, 0 * v, 0),
              "you **resume the weights only**: velocity 0 and step 0. Both were saved."),
        Wrong("weights alone, one step too far", lambda w, v, t: (w, 0 * v, t + 1),
              "you **resume the weights only**, with velocity 0, and one step too far."),
        Wrong("begun from nothing", lambda w, v, t: (0 * w, 0 * v, 0),
              "you **begin anew**, with weights, velocity and steps of 0. Go on with what was saved."),
        Wrong("weights lost", lambda w, v, t: (0 * w, v, t),
              "your **weights begin at 0**. They were saved."),
        Wrong("weights as the velocity", lambda w, v, t: (w, w, t),
              "you begin with the **weights as velocity**: a copied line."),
        Wrong("velocity as the weights", lambda w, v, t: (v, v, t),
              "you begin with the **velocity as weights**: a copied line."),
        Wrong("weights and velocity exchanged", lambda w, v, t: (v, w, t),
              "**weights and velocity are exchanged** when you begin."),
        Wrong("one step too far", lambda w, v, t: (w, v, t + 1),
              "you begin **one step too far**, at t + 1: a batch is left out. `t` steps are done, so the next one has "
              "the number `t`."),
        Wrong("one step back", lambda w, v, t: (w, v, t - 1),
              "you begin **one step too early**, at t - 1: a batch comes twice."),
    ),
    batch=(
        lambda batches, t, i, steps: batches[t % len(batches)],
        Wrong("data from the start", lambda batches, t, i, steps: batches[i % len(batches)],
              "your **data begin anew** with the first batch. The next one is `batches[t % len(batches)]`."),
        Wrong("the first batch always", lambda batches, t, i, steps: batches[0],
              "you train on the **first batch** in every step. In step t it is `batches[t % len(batches)]`."),
        Wrong("the last batch always", lambda batches, t, i, steps: batches[-1],
              "you train on the **last batch** in every step. In step t it is `batches[t % len(batches)]`."),
        Wrong("the batch not moved on", lambda batches, t, i, steps: batches[(t - i) % len(batches)],
              "you train on the **same batch** in every step: t is not counted up inside the loop."),
        Wrong("the batch after", lambda batches, t, i, steps: batches[(t + 1) % len(batches)],
              "you take the **batch after** the right one, t + 1. Step t has `batches[t % len(batches)]`."),
        Wrong("the batch before", lambda batches, t, i, steps: batches[(t - 1) % len(batches)],
              "you take the **batch before** the right one, t - 1. Step t has `batches[t % len(batches)]`."),
        Wrong("modulo the steps", lambda batches, t, i, steps: batches[t % steps],
              "you take t modulo the number of **steps**; there are `len(batches)` batches."),
        Wrong("modulo the steps and the batches", lambda batches, t, i, steps: batches[t % steps % len(batches)],
              "you take t modulo the number of **steps** first; there are `len(batches)` batches."),
        Wrong("no modulo", lambda batches, t, i, steps: batches[t],
              "the batches **come to an end** after an epoch, and t goes on. After the last comes the first: `t % "
              "len(batches)`."),
        Wrong("data from the start, no modulo", lambda batches, t, i, steps: batches[i],
              "your **data begin anew** with the first batch, and come to an end after an epoch. The next one is "
              "`batches[t % len(batches)]`."),
        Wrong("stays at the last batch", lambda batches, t, i, steps: batches[min(t, len(batches) - 1)],
              "after the last batch you **stay at it**. After the last comes the first: `t % len(batches)`."),
        Wrong("the number of the epoch", lambda batches, t, i, steps: batches[t // len(batches) % len(batches)],
              "you divide t with **//**, which gives the number of the epoch. The place in the epoch is `t % "
              "len(batches)`."),
        Wrong("the number of the epoch, no modulo", lambda batches, t, i, steps: batches[t // len(batches)],
              "you divide t with **//**, which gives the number of the epoch. The place in the epoch is `t % "
              "len(batches)`."),
        Wrong("one batch fewer", lambda batches, t, i, steps: batches[t % max(len(batches) - 1, 1)],
              "you take t modulo **one batch fewer** than there are: the last one never comes. `t % len(batches)` is "
              "its number less 1 at most."),
        Wrong("all batches at once", lambda batches, t, i, steps: batches.mean(axis=0),
              "you train on the **mean of all batches** in every step. In step t it is `batches[t % len(batches)]`."),
        Wrong("batches backwards", lambda batches, t, i, steps: batches[-1 - t % len(batches)],
              "the batches come **backwards**."),
        Wrong("counted twice", lambda batches, t, i, steps: batches[(t + i) % len(batches)],
              "you count the steps **twice**, t + i with a t that grows as well: every other batch is left out."),
        Wrong("the first number of the batch", lambda batches, t, i, steps: batches[t % len(batches)][0],
              "you take the **first number** of the batch for all weights."),
        Wrong("the number of the entries for that of the batches",
              lambda batches, t, i, steps: batches[t % batches.shape[1] % len(batches)],
              "you take t modulo the number of **weights**; there are `len(batches)` batches."),
    ),
    gradient=(
        lambda w, b: w - b,
        Wrong("gradient turned round", lambda w, b: b - w,
              "the gradient has the **wrong sign**: it is w - batch, and it is added to 0.9 v."),
        Wrong("a sum for the difference", lambda w, b: w + b,
              "your gradient is a **sum**; it is w - batch."),
        Wrong("the batch as gradient", lambda w, b: b,
              "you take the **batch** for the gradient; it is w - batch."),
        Wrong("the weights as gradient", lambda w, b: w,
              "you take the **weights** for the gradient; it is w - batch."),
        Wrong("twice the gradient", lambda w, b: 2 * (w - b),
              "your gradient is **doubled** (of a square without the half?). It is w - batch."),
        Wrong("the mean of the batch", lambda w, b: w - np.mean(b),
              "you take the **mean of the batch** for all weights. Each weight has its own number in it."),
        Wrong("gradient squared", lambda w, b: (w - b) ** 2,
              "you **square** w - batch: that is a loss, not its gradient."),
        Wrong("the mean gradient", lambda w, b: np.full(w.shape, (w - b).mean()),
              "you take the **mean** of the gradient over the weights. Each weight has its own."),
    ),
    velocity=(
        lambda v, g: 0.9 * v + g,
        Wrong("the gradient weighed by 0.1", lambda v, g: 0.9 * v + 0.1 * g,
              "you weigh the gradient by **0.1** in the velocity (a moving average). Here it is added whole."),
        Wrong("0.9 times both", lambda v, g: 0.9 * (v + g),
              "**0.9 multiplies** the gradient, too: your brackets. It is 0.9 v + g."),
        Wrong("no friction", lambda v, g: v + g,
              "**0.9 is missing**: the velocity is 0.9 v + g."),
        Wrong("no velocity", lambda v, g: g,
              "the **old velocity is missing**: v becomes 0.9 v + g, not g."),
        Wrong("weights of the mean exchanged", lambda v, g: 0.1 * v + 0.9 * g,
              "0.1 and 0.9 are **exchanged**, and the gradient is weighed: it is 0.9 v + g."),
        Wrong("0.1 for 0.9", lambda v, g: 0.1 * v + g,
              "the old velocity gets **0.1**, which is the rate. It is 0.9 v + g."),
        Wrong("the rate in the velocity, and its sign", lambda v, g: 0.9 * v - 0.1 * g,
              "you put the **rate and the sign into the velocity**, 0.9 v - 0.1 g, as Keras does. What was saved "
              "follows 0.9 v + g, so go on with that."),
        Wrong("friction taken off", lambda v, g: g - 0.9 * v,
              "you **take the old velocity away**: it is 0.9 v + g."),
        Wrong("the gradient forgotten", lambda v, g: 0.9 * v,
              "the **gradient is missing** in the velocity: it is 0.9 v + g."),
        Wrong("0.99 for 0.9", lambda v, g: 0.99 * v + g,
              "the old velocity gets **0.99**; it is 0.9."),
        Wrong("0.9 times the gradient", lambda v, g: v + 0.9 * g,
              "**0.9 stands at the gradient**: it is 0.9 v + g."),
        Wrong("the velocity kept", lambda v, g: v,
              "you **never change the velocity**: v becomes 0.9 v + g in every step."),
    ),
    move=(
        lambda w, v, g, old: w - 0.1 * v,
        Wrong("the rate missing", lambda w, v, g, old: w - v,
              "the **rate is missing**: w becomes w - 0.1 v."),
        Wrong("moved uphill", lambda w, v, g, old: w + 0.1 * v,
              "you **add** the velocity: w becomes w - 0.1 v."),
        Wrong("the velocity added", lambda w, v, g, old: w + v,
              "you **add the velocity** as it is: w becomes w - 0.1 v."),
        Wrong("moved along the gradient", lambda w, v, g, old: w - 0.1 * g,
              "you move along the **gradient**: plain descent. w becomes w - 0.1 v."),
        Wrong("v after w", lambda w, v, g, old: w - 0.1 * old,
              "you move with the **old velocity**: v is brought up to date before w."),
        Wrong("Nesterov", lambda w, v, g, old: w - 0.1 * (g + 0.9 * v),
              "you look **one step ahead**, as Nesterov does: g + 0.9 v. Here w becomes w - 0.1 v."),
        Wrong("gradient and velocity", lambda w, v, g, old: w - 0.1 * (g + v),
              "you move along **gradient and velocity**; the gradient is in the velocity already. w becomes w - 0.1 "
              "v."),
        Wrong("0.9 for the rate", lambda w, v, g, old: w - 0.9 * v,
              "you move by **0.9** times the velocity; the rate is 0.1."),
        Wrong("a rate of 0.01", lambda w, v, g, old: w - 0.01 * v,
              "you move by **0.01** times the velocity. The rate is 0.1, and it is used once."),
        Wrong("the step alone", lambda w, v, g, old: -0.1 * v,
              "the **old weights are missing**: w becomes w - 0.1 v."),
        Wrong("weights never changed", lambda w, v, g, old: w,
              "you **never change the weights**: w becomes w - 0.1 v in every step."),
        Wrong("weights shrunk, too", lambda w, v, g, old: 0.9 * w - 0.1 * v,
              "you shrink the **weights**; 0.9 belongs to the velocity alone."),
    ),
    rounds=(
        lambda t, steps: steps,
        Wrong("steps as the total", lambda t, steps: max(steps - t, 0),
              "you stop **after `steps` steps in all** (`range(t, steps)`). Asked are `steps` more."),
        Wrong("one step too few", lambda t, steps: max(steps - 1, 0),
              "you take **one step too few**."),
        Wrong("one step too many", lambda t, steps: steps + 1,
              "you take **one step too many**."),
        Wrong("all steps again", lambda t, steps: t + steps,
              "you take **t + steps** steps, those that are done once more. Asked are `steps` more."),
        Wrong("a single step", lambda t, steps: min(steps, 1),
              "you take a **single step** (a `return` inside the loop?). Asked are `steps` of them."),
        Wrong("no step", lambda t, steps: 0,
              "you take **no step**: you return what was saved."),
    ),
    done=(
        lambda t, first, steps: t,
        Wrong("the old number returned", lambda t, first, steps: first,
              "you return the **old number** of steps. `steps` more are done now."),
        Wrong("only the new steps returned", lambda t, first, steps: t - first,
              "you return the number of the **new steps** alone. Those before were done as well: t + steps."),
        Wrong("one less returned", lambda t, first, steps: t - 1,
              "you return the number of the **last step**, one less than the number of steps done."),
        Wrong("i added", lambda t, first, steps: first + steps * (steps - 1) // 2,
              "you add the **number of the round** to t; each step adds 1."),
        Wrong("one more returned", lambda t, first, steps: t + 1,
              "you return **one step too many** in t."),
        Wrong("the step within the epoch", lambda t, first, steps: t % max(steps, 1),
              "you return t **modulo** the steps. All steps done are asked for."),
        Wrong("0 returned", lambda t, first, steps: 0,
              "you return **0** for the number of steps done. It is t + steps."),
    ),
)


TWO_STEPS = np.array([1.0]), np.array([0.0]), 0, np.array([[0.0], [3.0]]), 2


@exact_resume.mistake("the gradient only once", example=TWO_STEPS)
def _(w, v, t, batches, steps):
    """you compute the **gradient once**, before the loop. It changes with every step: with the weights and with the
    batch. For `w = [1]`, `v = [0]`, `t = 0`, `batches = [[0], [3]]` and two steps you return `([0.71], [1.9], 2)`, see
    section 6."""
    g = w - batches[t % len(batches)]
    for _ in range(steps):
        v = 0.9 * v + g
        w = w - 0.1 * v
    return w, v, t + steps


@exact_resume.mistake("begun at the old weights in every step", example=TWO_STEPS)
def _(w, v, t, batches, steps):
    """you begin each step at the **saved weights**, w - 0.1 v with the old w: the steps do not add up. For `w = [1]`,
    `v = [0]`, `t = 0`, `batches = [[0], [3]]` and two steps you return `([1.12], [-1.2], 2)`, see section 6."""
    new = w
    for step in range(t, t + steps):
        v = 0.9 * v + new - batches[step % len(batches)]
        new = w - 0.1 * v
    return new, v, t + steps


@exact_resume.mistake("the gradient at the old weights", example=TWO_STEPS)
def _(w, v, t, batches, steps):
    """you compute the gradient at the **saved weights** in every step. It is w - batch with the w of now. For `w =
    [1]`, `v = [0]`, `t = 0`, `batches = [[0], [3]]` and two steps you return `([1.01], [-1.1], 2)`, see section 6."""
    saved = w
    for step in range(t, t + steps):
        v = 0.9 * v + saved - batches[step % len(batches)]
        w = w - 0.1 * v
    return w, v, t + steps


# fmt: on

# --- 16.7 A fair time -------------------------------------------------------------------------------------------------

STOPWATCH = np.array([9.0, 2.0, 1.0, 6.0]), np.array([True, False, False, False])


def _stopped_times(rng):
    yield STOPWATCH
    yield np.array([5.0, 1.0, 2.0, 4.0]), np.array([True, False, False, True])
    yield np.array([3.0, 2.0, 8.0]), np.array([False, False, False])
    yield np.array([2.0, 7.0, 3.0, 9.0, 2.5, 30.0]), np.array([False, True, False, True, False, False])
    yield np.array([1.0, 40.0, 2.0, 9.0]), np.array([False, True, False, False])
    yield np.array([4.0, 0.5, 3.0, 10.0, 3.5]), np.array([True, True, False, False, False])  # a quick compilation
    for count, compiling in ((6, 1), (7, 2), (9, 3), (8, 2), (12, 4), (5, 1), (11, 2)):
        times = np.exp(rng.normal(0, 0.8, count))
        compiled = np.isin(np.arange(count), rng.permutation(count)[:compiling])
        compiled[0] |= count % 2 == 0
        yield np.where(compiled, rng.choice([0.7, 5.0, 20.0], count) * times, times).round(3), compiled


def _middle_of_the_others(times, compiled):
    others = sorted(float(time) for time, new in zip(times, compiled, strict=True) if not new)
    return (others[(len(others) - 1) // 2] + others[len(others) // 2]) / 2


fair_timing = FunctionExercise(
    "16.7",
    "A fair time",
    cases=_stopped_times,
    oracle=_middle_of_the_others,
    solution="""
    import numpy as np

    def seconds_a_step(times, compiled):
        return np.median(times[~compiled])
    """,
    example=STOPWATCH,
    hints=(
        "Which of these calls did nothing but the step?",
        "`compiled` is a mask: `times[~compiled]` are the calls that did not compile.",
        "`np.median` of them: a call that something else disturbed then changes little.",
    ),
    fixed=("times.ndim", "times.dtype", "compiled.ndim", "compiled.dtype"),
)


def _compiling(times, compiled):
    return times[compiled].mean() if compiled.any() else 0.0


def _stopped(kept, summed, after):
    return lambda times, compiled: after(summed(kept(times, compiled)), times, compiled)


# fmt: off
fair_timing.choices(
    _stopped,
    place=TIMING,
    words="the times `[9, 2, 1, 6]`, of which the first one compiled",
    kept=(
        lambda times, compiled: times[~compiled],
        Wrong("compile time timed", lambda times, compiled: times,
              "you **time the compiling as well**: all calls count. Leave out those that compiled."),
        Wrong("only the first call left out", lambda times, compiled: times[1:],
              "you leave out the **first call**, whatever it did. A later call compiles again when a new shape comes, "
              "and the first one need not: ask `compiled`."),
        Wrong("the compiling only", lambda times, compiled: times[compiled],
              "you time the **compiling only**: the mask is turned round. `~compiled` are the others."),
        Wrong("the last call only", lambda times, compiled: times[-1:],
              "you take the **last call** alone. All that did not compile count."),
        Wrong("the first call only", lambda times, compiled: times[:1],
              "you take the **first call** alone. All that did not compile count."),
        Wrong("after the last compiling", lambda times, compiled: times[np.flatnonzero(compiled).max(initial=-1) + 1 :],
              "you take the calls **after the last compiling** only. Those before that did not compile count, too."),
        Wrong("after the first compiling", lambda times, compiled: times[int(np.argmax(compiled)) + 1 :],
              "you take **all calls after the first compiling**. Those before count, and later ones that compiled do "
              "not."),
        Wrong("the longest left out", lambda times, compiled: np.sort(times)[:-1],
              "you leave out the **longest** call, whatever it did. Compiling may be quick and a step disturbed: ask "
              "`compiled`."),
        Wrong("as many of the longest left out", lambda times, compiled: np.sort(times)[: len(times) - compiled.sum()],
              "you leave out the **longest** calls, as many as compiled. Compiling may be quick and a step disturbed: "
              "ask `compiled` which."),
        Wrong("as many of the first left out", lambda times, compiled: times[compiled.sum() :],
              "you leave out the **first** calls, as many as compiled. Ask `compiled` which ones did."),
        Wrong("the last left out", lambda times, compiled: times[:-1],
              "you leave out the **last** call. Ask `compiled` which to leave out."),
        Wrong("compiling set to 0", lambda times, compiled: times * ~compiled,
              "you set the times of compiling to **0**, and they still count. Leave them out: `times[~compiled]`."),
        Wrong("the last of the others left out", lambda times, compiled: times[~compiled][:-1],
              "you leave out **one more**, the last of those that did not compile. All of them count."),
        Wrong("the first two left out", lambda times, compiled: times[2:],
              "you leave out the **first two** calls, whatever they did. Ask `compiled` which to leave out."),
        Wrong("longest and shortest of the others left out", lambda times, compiled: np.sort(times[~compiled])[1:-1],
              "you leave out the **longest and the shortest** of those that did not compile as well. All of them "
              "count."),
        Wrong("the longest of the others left out", lambda times, compiled: np.sort(times[~compiled])[:-1],
              "you leave out the **longest** of those that did not compile as well. All of them count: the median "
              "bears it."),
        Wrong("the first half", lambda times, compiled: times[: len(times) // 2],
              "you take the **first half** of the calls. Ask `compiled` which to leave out."),
        Wrong("the second half", lambda times, compiled: times[len(times) // 2 :],
              "you take the **second half** of the calls. Ask `compiled` which to leave out."),
        Wrong("shorter than the mean", lambda times, compiled: times[times < times.mean()],
              "you keep the calls that are **shorter than the mean**. Compiling may be quick and a step disturbed: ask "
              "`compiled`."),
        Wrong("of the others those shorter than the mean",
              lambda times, compiled: times[~compiled & (times < times.mean())],
              "of those that did not compile you keep only the calls **shorter than the mean**. All of them count."),
        Wrong("from the first compiling on", lambda times, compiled: times[np.cumsum(compiled) > 0],
              "you take all calls **from the first compiling on**, that one too. Leave out those that compiled, and no "
              "other."),
        Wrong("others set to 0", lambda times, compiled: times * compiled,
              "you set the times of the **others to 0**. Leave the calls that compiled out: `times[~compiled]`."),
        Wrong("mask used as numbers", lambda times, compiled: times[compiled.astype(int)],
              "you index with **numbers** 0 and 1 where a mask is meant: that picks one or two times again and "
              "again. `times[~compiled]` with booleans."),
        Wrong("mask turned round as numbers", lambda times, compiled: times[(~compiled).astype(int)],
              "you index with **numbers** 0 and 1 where a mask is meant: that picks one or two times again and "
              "again. `times[~compiled]` with booleans."),
        Wrong("differences of times", lambda times, compiled: np.diff(times),
              "you take the **differences** of the times. They are times of single calls already, not a clock's."),
        Wrong("the first that did not compile", lambda times, compiled: times[~compiled][:1],
              "you take the **first call** that did not compile. All of them count."),
        Wrong("the last that did not compile", lambda times, compiled: times[~compiled][-1:],
              "you take the **last call** that did not compile. All of them count."),
        Wrong("another one left out", lambda times, compiled: times[~compiled][1:],
              "you leave out **one more**, the first of those that did not compile. All of them count."),
    ),
    summed=(
        np.median,
        Wrong("the mean", np.mean,
              "you take the **mean**. A single call that something else disturbed pulls it up; the median is asked "
              "for."),
        Wrong("the shortest", lambda x: x.min(),
              "you take the **shortest** time: the best that ever happened. The median is asked for."),
        Wrong("the longest", lambda x: x.max(),
              "you take the **longest** time. The median is asked for."),
        Wrong("the sum", lambda x: x.sum(),
              "you take the **sum**. Asked is what *one* step takes, the median."),
        Wrong("the upper middle", lambda x: np.sort(x)[len(x) // 2],
              "of an even number of times you take the **upper** of the two in the middle. The median is their mean."),
        Wrong("the lower middle", lambda x: np.sort(x)[(len(x) - 1) // 2],
              "of an even number of times you take the **lower** of the two in the middle. The median is their mean."),
        Wrong("the middle of the unsorted", lambda x: x[len(x) // 2],
              "you take the time **in the middle of the list**, and have not sorted it."),
        Wrong("the middle of extremes", lambda x: (x.min() + x.max()) / 2,
              "you take the middle **between the shortest and the longest**. The median is the middle one of the "
              "sorted times."),
        Wrong("the spread", lambda x: x.std(),
              "you return the **standard deviation**. The median is asked for."),
        Wrong("the times themselves", lambda x: x,
              "you return the **times themselves**. One number is asked for, their median."),
        Wrong("the lower quarter", lambda x: np.quantile(x, 0.25),
              "you take the **lower quartile**. The median is asked for."),
    ),
    after=(
        lambda x, times, compiled: x,
        Wrong("divided by the number of calls", lambda x, times, compiled: x / len(times),
              "you **divide by the number of all calls** at the end."),
        Wrong("divided by the number of steps", lambda x, times, compiled: x / max((~compiled).sum(), 1),
              "you **divide by the number of calls** that did not compile at the end. A median is of one step "
              "already."),
        Wrong("steps a second", lambda x, times, compiled: 1 / x,
              "you return **steps a second**. Seconds a step are asked for."),
        Wrong("milliseconds", lambda x, times, compiled: 1e3 * x,
              "your result is in **milliseconds**. Seconds are asked for."),
        Wrong("the first call taken off", lambda x, times, compiled: x - times[0],
              "you **take off** the time of the first call. Leave out the calls that compiled instead."),
        Wrong("a share of the whole", lambda x, times, compiled: x / times.sum(),
              "you divide by the **sum of all times**: a share. Seconds are asked for."),
        Wrong("times the number of calls", lambda x, times, compiled: x * len(times),
              "you **multiply by the number of calls**. Asked is what *one* step takes."),
        Wrong("the compiling added",
              lambda x, times, compiled: x + (np.median(times[compiled]) if compiled.any() else 0),
              "you **add** the time of a call that compiled. Leave these calls out."),
        Wrong("rounded", lambda x, times, compiled: np.round(x),
              "you **round**. Return the median as it is."),
        Wrong("the compiling taken off", lambda x, times, compiled: x - _compiling(times, compiled),
              "you **take off** the time of the compiling calls. Leave these calls out instead."),
        Wrong("the median of compiling taken off",
              lambda x, times, compiled: x - (np.median(times[compiled]) if compiled.any() else 0),
              "you **take off** the time of the compiling calls. Leave these calls out instead."),
        Wrong("how many times as long", lambda x, times, compiled: _compiling(times, compiled) / x,
              "you return **how many times as long** the compiling takes. Seconds a step are asked for."),
    ),
)
# fmt: on

# --- 16.8 Round the ring ----------------------------------------------------------------------------------------------


def _rings(rng):
    yield 12, 3
    yield 12, 1
    yield 8, 2
    yield 100, 4
    yield 7, 3
    yield 1, 2
    yield 1_000_000, 5
    yield 244_000, 8
    yield 10, 64
    for n in (2, 6, 7, 16, 1):
        yield int(rng.integers(5, 5000)), n


def _sent_piece_by_piece(size, n):
    pieces, sent = [size / n] * n, 0.0
    for _ in ("add up", "hand round"):
        for turn in range(1, n):
            sent += pieces[turn]
    return sent


ring_sends = FunctionExercise(
    "16.8",
    "Round the ring",
    cases=_rings,
    oracle=_sent_piece_by_piece,
    solution="""
    def ring_bytes(size, n):
        piece = size / n
        rounds = 2 * (n - 1)
        return rounds * piece
    """,
    example=(12, 3),
    hints=(
        "The gradient is cut into n pieces. How large is one?",
        "In each round every device sends one piece. How many rounds until all pieces are summed? And until all "
        "devices have all sums?",
        "n - 1 rounds to add up, n - 1 to hand round, each `size / n` bytes.",
    ),
)


def _sent(rounds, piece, after):
    return lambda size, n: after(rounds(n) * piece(size, n), size, n)


# fmt: off
ring_sends.choices(
    _sent,
    place=RING,
    words="12 bytes and 3 devices",
    rounds=(
        lambda n: 2 * (n - 1),
        Wrong("one way round only", lambda n: n - 1,
              "you go round **once**, n - 1 rounds. Then each device knows *one* sum; in n - 1 more rounds the sums "
              "are handed to all."),
        Wrong("n rounds twice", lambda n: 2 * n,
              "you take **n rounds** each time. A device need not send a piece to itself: n - 1 rounds, twice."),
        Wrong("ring factor n", lambda n: n * n,
              "what a device sends **grows with n** for you, n · size: a server, or all devices together? Round the "
              "ring each sends 2 (n - 1) pieces of size / n, hardly more than twice the size."),
        Wrong("n rounds", lambda n: n,
              "you take **n rounds** in all. It is n - 1 to add up and n - 1 more to hand round."),
        Wrong("2 n - 1 rounds", lambda n: 2 * n - 1,
              "you take **2 n - 1** rounds: brackets? It is 2 (n - 1)."),
        Wrong("n - 2 rounds", lambda n: 2 * (n - 2),
              "you take **n - 2** rounds each time; it is n - 1."),
        Wrong("n + 1 rounds", lambda n: 2 * (n + 1),
              "you take **n + 1** rounds each time; it is n - 1."),
        Wrong("a single round", lambda n: 1,
              "you send a **single piece**. It takes n - 1 rounds to add up and n - 1 more to hand round."),
        Wrong("two rounds", lambda n: 2,
              "you send **two pieces**, one to add up and one to hand round. Each of these takes n - 1 rounds."),
        Wrong("four times n - 1 rounds", lambda n: 4 * (n - 1),
              "you count what is **sent and what is received**. Asked is what each device sends."),
        Wrong("squared", lambda n: (n - 1) ** 2,
              "you take **(n - 1)²** rounds; it is 2 (n - 1)."),
        Wrong("a tree", lambda n: 2 * math.log2(n),
              "you take **2 log₂ n** rounds: that is a tree. In a ring it is 2 (n - 1), of small pieces."),
        Wrong("a tree, one way", lambda n: math.log2(n),
              "you take **log₂ n** rounds: that is a tree. In a ring it is 2 (n - 1), of small pieces."),
        Wrong("pairs of devices", lambda n: n * (n - 1) / 2,
              "you count the **pairs** of devices. In a ring each device sends to its neighbour only, 2 (n - 1) "
              "times."),
        Wrong("all to all, all devices", lambda n: n * n * (n - 1),
              "you count **everything from every device to every other**, n (n - 1) · size. Asked is what *one* device "
              "sends in a ring."),
        Wrong("1 - n rounds", lambda n: 2 * (1 - n),
              "your result has the **wrong sign**: n - 1 rounds."),
        Wrong("all to all", lambda n: n * (n - 1),
              "each device sends **everything to every other one**: (n - 1) · size. That is what the ring avoids."),
        Wrong("three times", lambda n: 3 * (n - 1),
              "you go round **three** times; twice is enough, to add up and to hand round."),
    ),
    piece=(
        lambda size, n: size / n,
        Wrong("the whole gradient in every round", lambda size, n: size,
              "you send the **whole gradient** in every round (or count what all devices send together). In each round "
              "a device sends a *piece*, size / n: what it sends hardly grows with n."),
        Wrong("pieces for the others", lambda size, n: size / max(n - 1, 1),
              "you cut the gradient into **n - 1** pieces; it is n, one for each device."),
        Wrong("whole pieces", lambda size, n: size // n,
              "you cut off to **whole bytes** (`//`); the statement is size / n."),
        Wrong("whole pieces, rounded up", lambda size, n: -(-size // n),
              "you round the pieces **up** to whole bytes; the statement is size / n."),
        Wrong("a piece divided twice", lambda size, n: size / n**2,
              "you divide by **n twice**; a piece is size / n."),
        Wrong("size times n", lambda size, n: size * n,
              "you **multiply** the size by n; a piece is size / n."),
        Wrong("bytes forgotten", lambda size, n: 1,
              "you count the **rounds**, not the bytes: each round sends size / n."),
        Wrong("divided by the size", lambda size, n: 1 / (n * size),
              "you **divide by the size**; a piece is size / n."),
        Wrong("pieces upside down", lambda size, n: n / size,
              "your piece is **upside down**: it is size / n."),
        Wrong("shares", lambda size, n: 1 / n,
              "you return a **share** of the gradient's size. Asked are bytes: multiply by `size`."),
        Wrong("four bytes a number", lambda size, n: 4 * size / n,
              "you multiply by **4**; `size` is in bytes already."),
        Wrong("bits", lambda size, n: 8 * size / n,
              "you return **bits**; bytes are asked for."),
        Wrong("numbers of four bytes", lambda size, n: size / 4 / n,
              "you divide by **4**; `size` is in bytes, and bytes are asked for."),
    ),
    after=(
        lambda x, size, n: x,
        Wrong("the received as well", lambda x, size, n: x + size,
              "you **add the gradient's size** once more."),
        Wrong("less the own part", lambda x, size, n: x - size,
              "you **take the gradient's size off**."),
        Wrong("rounded to whole bytes", lambda x, size, n: round(x),
              "you **round** to whole bytes; the statement leaves the fraction."),
        Wrong("cut off to whole bytes", lambda x, size, n: int(x),
              "you **cut off** to whole bytes; the statement leaves the fraction."),
        Wrong("n + 1 pieces", lambda x, size, n: x * n / (n + 1),
              "you divide by **n + 1**; there are n pieces."),
        Wrong("rounds and piece added", lambda x, size, n: 2 * (n - 1) + size / n,
              "you **add** the rounds and the piece. Each round sends a piece: multiply."),
        Wrong("2 n over n + 1", lambda x, size, n: 2 * n / (n + 1) * size,
              "your fraction is that of **one device more**: n - 1 rounds and n pieces, not n and n + 1."),
        Wrong("size - 1 for n - 1", lambda x, size, n: 2 * (size - 1) / size * n,
              "**`size` and n are exchanged**: 2 (n - 1) / n · size."),
        Wrong("something for one device", lambda x, size, n: x if n > 1 else size,
              "for **one device** you return `size`. There is nobody to send to: 0."),
        Wrong("in megabytes", lambda x, size, n: x / 1e6,
              "you return **megabytes**; bytes are asked for."),
        Wrong("against the whole", lambda x, size, n: n * size - x,
              "you subtract from **n · size**: that is what the ring saves. Asked is what each device sends."),
    ),
)


@ring_sends.mistake("factor upside down")
def _(size, n):
    """your factor is **upside down**: it is 2 (n - 1) / n. For 12 bytes and 3 devices you return `9`, see (16.8)."""
    return size * n / (2 * (n - 1)) if n > 1 else 0


@ring_sends.mistake("half of n")
def _(size, n):
    """what a device sends **grows with n** for you, n / 2 · size. Round the ring it sends 2 (n - 1) pieces of size / n.
    For 12 bytes and 3 devices you return `18`, see (16.8)."""
    return size * n / 2


@ring_sends.mistake("brackets missing")
def _(size, n):
    """the **brackets** are missing: `2 * n - 1 / n * size` divides only the 1. For 12 bytes and 3 devices you return
    `2`, see (16.8)."""
    return 2 * n - 1 / n * size


# fmt: on

# --- 16.9 Amdahl's law ------------------------------------------------------------------------------------------------


def _shared_work(rng):
    yield 0.5, 2
    yield 0.95, 8
    yield 0.0, 4
    yield 1.0, 4
    yield 0.9, 1
    yield 1.0, 1
    yield from ((0.75, 3), (0.6, 5), (0.3, 2), (0.99, 64), (0.95, 1000), (0.2, 10))
    for _ in range(4):
        yield float(rng.uniform(0.1, 0.9)), int(rng.integers(2, 30))


def _ratio_of_times(share, n):
    alone = 1000.0
    together = alone - share * alone + share * alone / n
    return alone / together


amdahl = FunctionExercise(
    "16.9",
    "Amdahl's law",
    cases=_shared_work,
    oracle=_ratio_of_times,
    solution="""
    def speedup(share, n):
        return 1 / ((1 - share) + share / n)
    """,
    example=(0.5, 2),
    hints=(
        "Let one worker take 1 second. How much of it stays as it is, whatever n is?",
        "The rest is divided by n. How long does it take all together?",
        "`1 / ((1 - share) + share / n)`.",
    ),
)


def _sped_up(stays, divided, ratio):
    return lambda share, n: ratio(stays(share), divided(share, n), share, n)


# fmt: off
amdahl.choices(
    _sped_up,
    place=AMDAHL,
    words="`share = 0.5` and `n = 2`",
    stays=(
        lambda s: 1 - s,
        Wrong("nothing stays", lambda s: 0,
              "**nothing stays** as it is for you: n workers are n times as fast. The part 1 - share is not divided."),
        Wrong("all stays", lambda s: 1,
              "you let the **whole time** stay. Only 1 - share of it does."),
        Wrong("the share stays", lambda s: s,
              "you let the **share** stay that is divided; what stays is 1 - share."),
        Wrong("1 + share", lambda s: 1 + s,
              "you have **1 + share** for what stays: a sign. It is 1 - share."),
        Wrong("share - 1", lambda s: s - 1,
              "you have **share - 1** for what stays: a sign. It is 1 - share."),
    ),
    divided=(
        lambda s, n: s / n,
        Wrong("nothing divided", lambda s, n: 0,
              "the **divided part takes no time** for you: that is the limit of infinitely many workers. It takes "
              "share / n."),
        Wrong("multiplied by n", lambda s, n: s * n,
              "you **multiply** the share by n; n workers divide it."),
        Wrong("1 - share divided", lambda s, n: (1 - s) / n,
              "you divide **1 - share** by n; that is the part that stays. The share is divided."),
        Wrong("n - 1 workers", lambda s, n: s / max(n - 1, 1),
              "you divide by **n - 1**. All n workers work."),
        Wrong("n + 1 workers", lambda s, n: s / (n + 1),
              "you divide by **n + 1**. There are n workers."),
        Wrong("the root of n", lambda s, n: s / n**0.5,
              "you divide by **√n**; it is n."),
        Wrong("n squared", lambda s, n: s / n**2,
              "you divide by **n²**; it is n."),
        Wrong("the whole time divided", lambda s, n: 1 / n,
              "you divide the **whole** time by n; only the share is divided."),
        Wrong("n itself", lambda s, n: n,
              "**n** stands where share / n belongs."),
        Wrong("share taken off", lambda s, n: -s / n,
              "you **take the divided part away**; it takes time, too: it is added."),
    ),
    ratio=(
        lambda a, b, s, n: 1 / (a + b),
        Wrong("the time", lambda a, b, s, n: a + b,
              "you return the **time**, as a part of what it was. The speed-up is one over it."),
        Wrong("the two exchanged", lambda a, b, s, n: 1 / (s + (1 - s) / n),
              "**share and 1 - share are exchanged**: you divide the part that stays. `share` is the part that n "
              "workers divide."),
        Wrong("Gustafson", lambda a, b, s, n: (1 - s) + s * n,
              "you return (1 - share) + share · n. That is **Gustafson's** law, in which the work grows with the "
              "workers and `share` is measured on n of them. Here the work is the same, and it is a time that is "
              "divided."),
        Wrong("workers times the share", lambda a, b, s, n: s * n,
              "you return **share · n**. The speed-up is the old time over the new one."),
        Wrong("the saving", lambda a, b, s, n: 1 - (a + b),
              "you return the time that is **saved**. The speed-up is the old time over the new one."),
        Wrong("the gain", lambda a, b, s, n: 1 / (a + b) - 1,
              "you return how **much faster** it is, the speed-up less 1."),
        Wrong("in per cent", lambda a, b, s, n: 100 / (a + b),
              "you multiply by **100**. The speed-up is asked for as a factor."),
        Wrong("efficiency", lambda a, b, s, n: 1 / (a + b) / n,
              "you divide the speed-up **by n**: that is the efficiency, the use that is made of each worker."),
        Wrong("brackets around the sum missing", lambda a, b, s, n: 1 / a + b if a else math.inf,
              "the **brackets** around the sum are missing: `1 / (1 - share) + share / n` is another number."),
        Wrong("share over n of all", lambda a, b, s, n: n / (a + b),
              "you divide **n** by the new time. The old time is 1, not n."),
        Wrong("a mean of 1 and n", lambda a, b, s, n: 1 + s * (n - 1) if n == 1 else (1 + n) / 2,
              "you take the **mean** of 1 and n. The speed-up is the old time over the new one."),
        Wrong("the root", lambda a, b, s, n: (1 / (a + b)) ** 0.5,
              "you take a **root** of the speed-up."),
        Wrong("times multiplied", lambda a, b, s, n: 1 / (a * b) if a * b else math.inf,
              "you **multiply** the two times; they come one after the other, so they are added."),
        Wrong("the longer of the two", lambda a, b, s, n: 1 / max(a, b),
              "you count the **longer** of the two parts only. They come one after the other, so they are added."),
        Wrong("n", lambda a, b, s, n: n,
              "you are **n times** as fast, as if all were divided. 1 - share stays as it is."),
        Wrong("one over n", lambda a, b, s, n: 1 / n,
              "your result is **1 / n** (brackets? `1 - share + share` is 1). The speed-up is 1 over the sum of 1 - "
              "share and share / n."),
        Wrong("n times the time", lambda a, b, s, n: n * (a + b),
              "you return **n times the new time**: what all workers are paid for. The speed-up is one over the new "
              "time."),
        Wrong("n times the limit", lambda a, b, s, n: n / (1 - s) if s < 1 else n,
              "you multiply the **limit by n**. 1 / (1 - share) is what infinitely many workers reach, and n of them "
              "stay below."),
        Wrong("1 + share · n", lambda a, b, s, n: 1 + s * n,
              "you return **1 + share · n**. The speed-up is the old time over the new one."),
        Wrong("share over the time", lambda a, b, s, n: s / (a + b),
              "you divide the **share** by the new time. The whole old time is 1."),
        Wrong("n or the limit", lambda a, b, s, n: min(n, 1 / (1 - s)) if s < 1 else n,
              "you take the smaller of **n and the limit** 1 / (1 - share). Those are two bounds; the speed-up stays "
              "below both."),
        Wrong("n to the power of the share", lambda a, b, s, n: n**s,
              "you raise **n to the power** of the share. The speed-up is the old time over the new one."),
        Wrong("share in per cent", lambda a, b, s, n: 1 / (1 - s / 100 + s / 100 / n),
              "you divide `share` by **100**. It is a part between 0 and 1, not per cent."),
        Wrong("rounded to a whole number", lambda a, b, s, n: round(1 / (a + b)),
              "you **round** to a whole number."),
    ),
)
# fmt: on

# --- 16.10 Bytes for a training ---------------------------------------------------------------------------------------


def _trainings(rng):
    yield 10, 5, 2, False
    yield 10, 5, 2, True
    yield 3, 7, 1, True
    yield 122_000, 900_000, 16, False
    yield 122_000, 900_000, 16, True
    for mixed in (False, True, True, False, True, False):
        parameters, activations, batch = (int(rng.integers(2, most)) for most in (5000, 900, 40))
        yield parameters, activations, batch, mixed
    yield 1000, 40, 8, True
    yield 1000, 40, 8, False


def _number_by_number(parameters, activations, batch, mixed):
    weights = gradients = moments = 0
    for several in [parameters]:
        weights += several * 4 + (several * 2 if mixed else 0)
        gradients += several * 2 if mixed else several * 4
        moments += several * 4 + several * 4
    kept = sum([activations] * batch)
    return weights, gradients, moments, kept + kept if mixed else 4 * kept


memory_of_training = FunctionExercise(
    "16.10",
    "Bytes for a training",
    cases=_trainings,
    oracle=_number_by_number,
    solution="""
    def training_bytes(parameters, activations, batch, mixed):
        half = 2 if mixed else 4
        copy = 2 if mixed else 0
        weights = parameters * (4 + copy)
        return weights, parameters * half, parameters * 2 * 4, batch * activations * half
    """,
    example=(10, 5, 2, True),
    hints=(
        "Make a list of what is kept for each parameter: weight, gradient, two moments. In mixed precision one thing "
        "more.",
        "In mixed precision the float32 weights and moments stay. What becomes half as large?",
        "float32: 4, 4 and 8 bytes a parameter, and 4 an activation. Mixed: 4 + 2, then 2 and 8, and 2 an activation.",
    ),
)


def _kept(weights, gradients, moments, activations, together):
    def answer(parameters, each, batch, mixed):
        of_parameters = [parameters * part(mixed) for part in (weights, gradients, moments)]
        return together(*of_parameters, activations(each, batch, mixed), parameters, mixed)

    return answer


# fmt: off
memory_of_training.choices(
    _kept,
    place=MEMORY,
    words="10 parameters, 5 activations an image, a batch of 2 images, mixed precision",
    weights=(
        lambda mixed: 6 if mixed else 4,
        Wrong("float16 weights only", lambda mixed: 2 if mixed else 4,
              "in mixed precision you keep **no float32 weights**. They stay: a small step added to a float16 weight "
              "would be lost."),
        Wrong("the copy forgotten", lambda mixed: 4,
              "in mixed precision the **float16 copy** of the weights is missing: 2 bytes on top of the 4."),
        Wrong("a copy of 4 bytes", lambda mixed: 8 if mixed else 4,
              "your **copy has 4 bytes** a weight; a float16 has 2."),
        Wrong("a float32 copy without mixed precision", lambda mixed: 6 if mixed else 8,
              "you count a **copy without mixed precision**, of 4 bytes. There is none."),
        Wrong("a copy always", lambda mixed: 6,
              "you count a **copy without mixed precision**, too. There is none."),
        Wrong("weights of 2 bytes always", lambda mixed: 2,
              "the weights have **2 bytes** for you, also without mixed precision."),
        Wrong("weights of 8 bytes", lambda mixed: 8,
              "a weight has **8 bytes** for you: float64. A float32 has 4."),
        Wrong("half of the float32 weights", lambda mixed: 3 if mixed else 4,
              "in mixed precision your weights have **3 bytes**: half of 6? It is 4 and a copy of 2."),
        Wrong("the copy where it is not mixed", lambda mixed: 4 if mixed else 6,
              "the **copy** stands where `mixed` is False."),
        Wrong("the weights forgotten", lambda mixed: 0,
              "the **weights take nothing** for you. A float32 has 4 bytes."),
    ),
    gradients=(
        lambda mixed: 2 if mixed else 4,
        Wrong("float32 gradients", lambda mixed: 4,
              "in mixed precision your **gradients still have 4 bytes**. In the statement they are float16."),
        Wrong("float16 gradients always", lambda mixed: 2,
              "the gradients have **2 bytes** for you, also without mixed precision. There they have 4."),
        Wrong("gradients in both formats", lambda mixed: 6 if mixed else 4,
              "you keep the **gradients in both formats**. In the statement they are float16."),
        Wrong("gradients twice", lambda mixed: 4 if mixed else 8,
              "you count the **gradients twice**."),
        Wrong("the gradients forgotten", lambda mixed: 0,
              "the **gradients take nothing** for you. There is one number for each parameter."),
        Wrong("gradients of 8 bytes", lambda mixed: 8,
              "a gradient has **8 bytes** for you: float64. A float32 has 4, a float16 has 2."),
        Wrong("gradients the other way round", lambda mixed: 4 if mixed else 2,
              "your gradients have **4 bytes in mixed precision** and 2 without: the other way round."),
        Wrong("gradients of 1 byte", lambda mixed: 1 if mixed else 4,
              "in mixed precision your gradients have **1 byte**; a float16 has 2."),
    ),
    moments=(
        lambda mixed: 8,
        Wrong("mixed halves Adam's memory", lambda mixed: 4 if mixed else 8,
              "in mixed precision you **halve Adam's moments**. They stay in float32, 8 bytes a parameter."),
        Wrong("one moment", lambda mixed: 4,
              "you count **one moment**. Adam keeps two numbers for each parameter: the mean of the gradients and that "
              "of their squares."),
        Wrong("one moment, halved", lambda mixed: 2 if mixed else 4,
              "you count **one moment**, of 2 bytes in mixed precision. There are two, of 4 bytes each."),
        Wrong("three moments", lambda mixed: 12,
              "you count **three moments**; Adam keeps two."),
        Wrong("moments of 8 bytes", lambda mixed: 16,
              "each moment has **8 bytes** for you: float64. A float32 has 4."),
        Wrong("moments of 2 bytes", lambda mixed: 4 if not mixed else 8,
              "without mixed precision you **halve Adam's moments**. They are float32, 8 bytes a parameter."),
        Wrong("the moments forgotten", lambda mixed: 0,
              "**Adam's moments take nothing** for you. It keeps two numbers for each parameter."),
        Wrong("moments in both formats", lambda mixed: 12 if mixed else 8,
              "in mixed precision you add a **float16 copy of the moments**. There is none: only the weights have "
              "one."),
        Wrong("four moments", lambda mixed: 16 if mixed else 8,
              "you **double** the moments in mixed precision. They are two numbers of 4 bytes, always."),
    ),
    activations=(
        lambda each, batch, mixed: each * batch * (2 if mixed else 4),
        Wrong("the batch forgotten", lambda each, batch, mixed: each * (2 if mixed else 4),
              "the **batch** is missing: `activations` is for one image, and those of all images of the batch are "
              "kept."),
        Wrong("activations not halved", lambda each, batch, mixed: each * batch * 4,
              "in mixed precision your **activations** still have 4 bytes. They are float16, and that is what it "
              "saves."),
        Wrong("activations always halved", lambda each, batch, mixed: each * batch * 2,
              "your **activations** have 2 bytes without mixed precision as well. There they have 4."),
        Wrong("activations the other way round", lambda each, batch, mixed: each * batch * (4 if mixed else 2),
              "your activations have **4 bytes in mixed precision** and 2 without: the other way round."),
        Wrong("activations forgotten", lambda each, batch, mixed: 0,
              "the **activations take nothing** for you. They are kept for the backward pass, for every image of the "
              "batch."),
        Wrong("activations counted, not their bytes", lambda each, batch, mixed: each * batch,
              "you count the **numbers** of the activations, not their bytes."),
        Wrong("activations twice", lambda each, batch, mixed: 2 * each * batch * (2 if mixed else 4),
              "your **activations are twice as many** as there are (their gradients, too? numbers of 8 bytes?). They "
              "are kept once, with 4 bytes, or 2 in mixed precision."),
        Wrong("activations in both formats", lambda each, batch, mixed: each * batch * (6 if mixed else 4),
              "in mixed precision you keep the activations in **both formats**. They are float16 alone."),
        Wrong("activations three times", lambda each, batch, mixed: 3 * each * batch * (2 if mixed else 4),
              "you count the **activations three times**. They are kept once."),
        Wrong("divided by the batch", lambda each, batch, mixed: each / batch * (2 if mixed else 4),
              "you **divide** the activations by the batch; every image has its own."),
        Wrong("batch added", lambda each, batch, mixed: (each + batch) * (2 if mixed else 4),
              "you **add** the batch to the activations; every image has its own: multiply."),
        Wrong("activations of 1 byte", lambda each, batch, mixed: each * batch * (1 if mixed else 4),
              "in mixed precision your activations have **1 byte**; a float16 has 2."),
    ),
    together=(
        lambda w, g, m, a, p, mixed: (w, g, m, a),
        Wrong("mixed halves everything",
              lambda w, g, m, a, p, mixed: (2 * p, g, 4 * p, a) if mixed else (w, g, m, a),
              "in mixed precision you **halve everything**. Adam's moments and the float32 weights stay, and a float16 "
              "copy of the weights comes on top."),
        Wrong("the other way round",
              lambda w, g, m, a, p, mixed: (4 * p, 4 * p, m, 2 * a) if mixed else (6 * p, 2 * p, m, a / 2),
              "`mixed` means the **opposite** for you."),
        Wrong("always mixed", lambda w, g, m, a, p, mixed: (6 * p, 2 * p, m, a if mixed else a / 2),
              "**`mixed` has no effect**: all is mixed precision for you."),
        Wrong("mixed has no effect", lambda w, g, m, a, p, mixed: (4 * p, 4 * p, m, 2 * a) if mixed else (w, g, m, a),
              "**`mixed` has no effect**: all is float32 for you."),
        Wrong("the sum", lambda w, g, m, a, p, mixed: w + g + m + a,
              "you return the **sum**. Asked are the four numbers: weights, gradients, moments, activations."),
        Wrong("parameters without activations", lambda w, g, m, a, p, mixed: (w, g, m),
              "you return **three** numbers; the activations are missing."),
        Wrong("elements for bytes",
              lambda w, g, m, a, p, mixed: (2 * p if mixed else p, p, 2 * p, a / (2 if mixed else 4)),
              "you count **numbers, not bytes**. A float32 has 4 bytes, a float16 has 2."),
        Wrong("elements for bytes, without the copy",
              lambda w, g, m, a, p, mixed: (p, p, 2 * p, a / (2 if mixed else 4)),
              "you count **numbers, not bytes**. A float32 has 4 bytes, a float16 has 2."),
        Wrong("in bits", lambda w, g, m, a, p, mixed: (8 * w, 8 * g, 8 * m, 8 * a),
              "you count **bits**; bytes are asked for."),
        Wrong("in megabytes", lambda w, g, m, a, p, mixed: (w / 1e6, g / 1e6, m / 1e6, a / 1e6),
              "you return **megabytes**; bytes are asked for."),
        Wrong("in mebibytes", lambda w, g, m, a, p, mixed: (w / 2**20, g / 2**20, m / 2**20, a / 2**20),
              "you return **MiB**; bytes are asked for."),
        Wrong("each moment by itself", lambda w, g, m, a, p, mixed: (w, g, m / 2, m / 2, a),
              "you return **five** numbers, each moment by itself. The two moments together are one of the four."),
        Wrong("float64 throughout", lambda w, g, m, a, p, mixed: (8 * p, 8 * p, 16 * p, 4 * a if mixed else 2 * a),
              "all numbers have **8 bytes** for you: float64. A float32 has 4 bytes, a float16 has 2."),
        Wrong("all twice", lambda w, g, m, a, p, mixed: (2 * w, 2 * g, 2 * m, 2 * a),
              "all four numbers are **twice as large** as they are. A float32 has 4 bytes, a float16 has 2."),
        Wrong("moments and gradients exchanged", lambda w, g, m, a, p, mixed: (w, m, g, a),
              "**gradients and moments are exchanged** in what you return."),
        Wrong("weights and gradients exchanged", lambda w, g, m, a, p, mixed: (g, w, m, a),
              "**weights and gradients are exchanged** in what you return."),
        Wrong("activations first", lambda w, g, m, a, p, mixed: (a, w, g, m),
              "the **activations come first** in what you return; they are asked for last."),
        Wrong("moments before gradients, last the weights", lambda w, g, m, a, p, mixed: (a, m, g, w),
              "your four numbers come **backwards**: weights, gradients, moments, activations are asked for."),
    ),
)


@memory_of_training.mistake("parameters for each image")
def _(parameters, activations, batch, mixed):
    """you multiply by the **batch** what is kept once for all images. For 10 parameters, 5 activations an image,
    a batch of 2 images, mixed precision you return `(120, 40, 160, 20)`: only the activations are there for each
    image, see (16.10)."""
    weights, gradients, moments, kept = _number_by_number(parameters, activations, batch, mixed)
    return weights * batch, gradients * batch, moments * batch, kept


@memory_of_training.mistake("weights and gradients for each image")
def _(parameters, activations, batch, mixed):
    """you multiply by the **batch** what is kept once for all images. For 10 parameters, 5 activations an image,
    a batch of 2 images, mixed precision you return `(120, 40, 80, 20)`: only the activations are there for each
    image, see (16.10)."""
    weights, gradients, moments, kept = _number_by_number(parameters, activations, batch, mixed)
    return weights * batch, gradients * batch, moments, kept


@memory_of_training.mistake("gradients for each image")
def _(parameters, activations, batch, mixed):
    """you keep a **gradient for each image**. They are added up as they come: one number for each parameter. For 10
    parameters, 5 activations an image, a batch of 2 images, mixed precision you return `(60, 40, 80, 20)`, see
    (16.10)."""
    weights, gradients, moments, kept = _number_by_number(parameters, activations, batch, mixed)
    return weights, gradients * batch, moments, kept


# fmt: on

# --- 16.11 Kilowatt-hours ---------------------------------------------------------------------------------------------


def _bills(rng):
    yield 7.2e15, 1e12, 0.5, 250
    yield 3.6e6, 1.0, 1.0, 1000
    yield 7.2e6, 2.0, 0.5, 500
    yield 1e21, 1e14, 0.4, 400
    yield 1e15, 3.57e11, 0.25, 65.0
    for _ in range(7):
        peak, use, watts = float(rng.uniform(1, 9)) * 1e11, float(rng.uniform(0.1, 0.9)), float(rng.uniform(20, 700))
        yield float(rng.uniform(1, 9)) * 1e16, peak, use, watts


def _joules_in_kilowatt_hours(flops, peak, use, watts):
    joules_an_operation = watts / (use * peak)
    return flops * joules_an_operation / (1000 * 60 * 60)


energy = FunctionExercise(
    "16.11",
    "Kilowatt-hours",
    cases=_bills,
    oracle=_joules_in_kilowatt_hours,
    solution="""
    def kilowatt_hours(flops, peak, use, watts):
        hours = flops / (peak * use) / 3600
        return hours * watts / 1000
    """,
    example=(7.2e15, 1e12, 0.5, 250),
    hints=(
        "How many operations a second does the machine really do, if it reaches the part `use` of its peak?",
        "Seconds times watts are joules. How many joules has a kilowatt-hour?",
        "`flops / (peak * use)` seconds; over 3600 that is hours; times `watts / 1000`.",
    ),
)


def _metered(seconds, power, unit, after):
    return lambda flops, peak, use, watts: after(unit(seconds(flops, peak, use) * power(watts, use)))


# fmt: off
energy.choices(
    _metered,
    place=ENERGY,
    words="7.2e15 operations at 1e12 a second, half of which is used (4 hours), with 250 watts",
    seconds=(
        lambda flops, peak, use: flops / (peak * use),
        Wrong("use ignored", lambda flops, peak, use: flops / peak,
              "the machine runs at its **peak** for you (or `use` cancels: it multiplies the watts as well). It "
              "reaches only the part `use` of its peak, so it takes longer, and draws `watts` all the time."),
        Wrong("times use", lambda flops, peak, use: flops / peak * use,
              "you **multiply** the time by `use` (brackets?). The less of the peak is used, the longer it takes: "
              "divide."),
        Wrong("times peak", lambda flops, peak, use: flops * peak / use,
              "you **multiply** the operations by `peak`. Operations over operations a second are seconds."),
        Wrong("the rate for the time", lambda flops, peak, use: peak * use,
              "**`flops` is missing**: peak · use is operations a second, and no time."),
        Wrong("times 1 - use", lambda flops, peak, use: flops / peak * (1 - use),
              "you multiply by **1 - use**. The time is flops / (peak · use)."),
        Wrong("six times the operations", lambda flops, peak, use: 6 * flops / (peak * use),
              "you multiply the operations by **6**, as for a language model's parameters and tokens. `flops` counts "
              "all of the training."),
        Wrong("upside down", lambda flops, peak, use: peak * use / flops,
              "your time is **upside down**: operations over operations a second are seconds."),
        Wrong("1 - use", lambda flops, peak, use: flops / (peak * (1 - use)) if use < 1 else math.inf,
              "you divide by **1 - use**, the part that is *not* used."),
        Wrong("use squared", lambda flops, peak, use: flops / (peak * use**2),
              "`use` stands **twice** in your result. It divides the time, once, and `watts` not at all."),
        Wrong("use in per cent", lambda flops, peak, use: flops / (peak * use / 100),
              "you divide `use` by **100**. It is a part between 0 and 1, not per cent."),
        Wrong("peak and use multiplied on", lambda flops, peak, use: flops * peak * use,
              "you **multiply** the operations by `peak` and `use`. Operations over operations a second are seconds."),
        Wrong("use added", lambda flops, peak, use: flops / (peak + use),
              "you **add** `use` to `peak`. It is the part of the peak that is reached: multiply the two."),
        Wrong("whole hours", lambda flops, peak, use: flops / (peak * use) // 3600 * 3600,
              "you count **whole hours** (`//`). Use /."),
        Wrong("peak ignored", lambda flops, peak, use: flops / use,
              "**`peak` is missing**: operations over operations a second are seconds."),
        Wrong("twice the operations", lambda flops, peak, use: 2 * flops / (peak * use),
              "you **double** the operations. `flops` counts all of them."),
        Wrong("three times the operations", lambda flops, peak, use: 3 * flops / (peak * use),
              "you **treble** the operations, for the backward pass. `flops` counts all of the training."),
        Wrong("peak in giga", lambda flops, peak, use: flops / (1e9 * peak * use),
              "you multiply `peak` by **10⁹**. It is in plain operations a second."),
        Wrong("the operations", lambda flops, peak, use: flops,
              "you use the **number of operations** for the seconds. Divide by those that are done in a second."),
    ),
    power=(
        lambda watts, use: watts,
        Wrong("divided by the watts", lambda watts, use: 1 / watts,
              "you **divide** by the watts; energy is power *times* time."),
        Wrong("watts forgotten", lambda watts, use: 1,
              "the **watts are missing**: energy is power times time."),
        Wrong("watts squared", lambda watts, use: watts**2,
              "`watts` stands **twice**."),
    ),
    unit=(
        lambda joules: joules / 3.6e6,
        Wrong("joules", lambda joules: joules,
              "you return **joules**, watts times seconds. A kilowatt-hour is 3.6 million of them."),
        Wrong("watt-hours", lambda joules: joules / 3600,
              "you return **watt-hours**. A kilowatt is 1000 watts."),
        Wrong("kilojoules", lambda joules: joules / 1000,
              "you return **kilowatts times seconds**. An hour has 3600 seconds."),
        Wrong("kilowatt-minutes", lambda joules: joules / 6e4,
              "you divide by **60** for the hours. An hour has 3600 seconds."),
        Wrong("60 + 60", lambda joules: joules / 1.2e5,
              "you divide by **120** for the hours. An hour has 60 · 60 = 3600 seconds."),
        Wrong("24 for 3600", lambda joules: joules / 2.4e4,
              "you divide by **24**, the hours of a day. An hour has 3600 seconds."),
        Wrong("kilowatt-days", lambda joules: joules / 8.64e7,
              "you return **kilowatt-days**. An hour has 3600 seconds."),
        Wrong("times 3600", lambda joules: joules * 3600 / 1000,
              "you **multiply** by 3600. Seconds over 3600 are hours."),
        Wrong("times 1000", lambda joules: joules * 1000 / 3600,
              "you **multiply** by 1000. Watts over 1000 are kilowatts."),
        Wrong("multiplied by both", lambda joules: joules * 3.6e6,
              "you **multiply** by 3.6 million. Joules over 3.6 million are kilowatt-hours."),
        Wrong("1024 for 1000", lambda joules: joules / 1024 / 3600,
              "you divide by **1024**. A kilowatt is 1000 watts."),
        Wrong("megawatt-hours", lambda joules: joules / 3.6e9,
              "you return **megawatt-hours**: 1000 watts are a kilowatt, 1000 of those a megawatt."),
        Wrong("360 000", lambda joules: joules / 3.6e5,
              "you divide by 3.6 · **10⁵**. A kilowatt-hour is 3.6 · 10⁶ joules."),
    ),
    after=(
        lambda x: x,
        Wrong("rounded", lambda x: round(x),
              "you **round** to whole kilowatt-hours."),
        Wrong("cut off", lambda x: int(x) if math.isfinite(x) else x,
              "you **cut off** to whole kilowatt-hours (`//` or `int`)."),
        Wrong("one over it", lambda x: 1 / x if x else math.inf,
              "your result is **upside down**."),
    ),
)
# fmt: on

# --- 16.12 What must be saved -----------------------------------------------------------------------------------------

what_to_save = ChoiceExercise(
    "16.12",
    "What must be saved",
    options={
        "a": "the weights; everything else is built again by the script",
        "b": "the weights and the optimizer's moments, with its own step count",
        "c": "weights, moments, step count, and where the data stood: the place in the epoch and the state of the "
        "shuffling",
        "d": "the whole memory of the process: only that is exact",
    },
    answer="c",
    reasons={
        "a": '"everything else is built again" would build Adam\'s moments again as zeros, and the data from the first '
        "batch. The first steps then go another way, and so do all after them. Look again at section 6.",
        "b": 'with "its own step count" the optimizer would go on exactly, but with other images: the epoch begins '
        "anew, in another order. The gradients are then others from the first step on. Look again at section 6.",
        "c": "the next step is computed from weights, moments, step count and the next batch, and that batch follows "
        'from "where the data stood". Dropout and augmentation would add the state of their random numbers. Look again '
        "at section 6.",
        "d": 'the "whole memory" would do, but it is not the least: most of it is computed again from the rest. And no '
        "other machine or version could read it. Look again at section 6.",
    },
    hints=(
        "Write one step as a formula. What stands on its right side?",
        "The gradient needs a batch. Which one comes next?",
        "Adam needs its two moments and the number of steps; the batch needs the order and the place in it.",
    ),
)
