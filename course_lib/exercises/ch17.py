"""Exercises of chapter 17, outlook: a watermark found, counted among false alarms, and the energy of a training."""

import numpy as np

from course_lib.teaching.engine import FunctionExercise
from course_lib.teaching.engine.choices import Wrong

# --- 17.1 Find the mark -----------------------------------------------------------------------------------------------


def _images_and_keys(rng):
    for shape in ((1, 3), (2, 2), (2, 3), (3, 2), (4, 4), (5, 3), (6, 7)):
        yield rng.integers(0, 256, shape), rng.choice([-1, 1], shape)
    for shape in ((3, 4), (8, 5), (9, 9)):
        yield rng.random(shape), rng.choice([-1.0, 1.0], shape)
    key = rng.choice([-1.0, 1.0], (12, 10))
    yield rng.normal(100, 20, (12, 10)) + 5 * key, key
    yield np.full((3, 3), 7.0), rng.choice([-1.0, 1.0], (3, 3))
    yield rng.integers(0, 256, (4, 5), dtype=np.uint8), rng.choice([-1, 1], (4, 5))


def _score_by_loops(image, key):
    rows, columns = np.shape(image)
    places = [(i, j) for i in range(rows) for j in range(columns)]
    middle = sum(float(image[i, j]) for i, j in places) / len(places)
    return sum((float(image[i, j]) - middle) * float(key[i, j]) for i, j in places) / len(places)


watermark_score = FunctionExercise(
    "17.1",
    "Find the mark",
    cases=_images_and_keys,
    oracle=_score_by_loops,
    solution="""
    import numpy as np

    def watermark_score(image, key):
        return np.mean((image - image.mean()) * key)
    """,
    example=(np.array([[3.0, 1.0], [2.0, 6.0]]), np.array([[1.0, 1.0], [1.0, -1.0]])),
    hints=(
        "Three steps, each one operation on whole arrays: subtract, multiply, average.",
        "Subtract the mean of the image from every pixel. Multiply by the key, pixel by pixel.",
        "`np.mean((image - image.mean()) * key)`",
    ),
    fixed=("image.ndim", "key.ndim"),
    rtol=3e-6,  # honest sums in float32
    atol=1e-5,
)


def _scored(centred, keyed, averaged, after):
    def answer(image, key):
        image, key = np.asarray(image, float), np.asarray(key, float)
        return after(averaged(centred(image) * keyed(key)), image, key)

    return answer


# fmt: off
watermark_score.choices(
    _scored,
    place="(17.2)",
    words="the image `[[3, 1], [2, 6]]` and the key `[[1, 1], [1, -1]]`",
    centred=(
        lambda image: image - image.mean(),
        Wrong("mean not subtracted", lambda image: image,
              "you do **not subtract the mean** of the image. A key rarely has as many +1 as -1, so a bright image "
              "then gets a large score without any mark."),
        Wrong("median subtracted", lambda image: image - np.median(image),
              "you subtract the **median** of the image. It is the mean that makes brightness vanish."),
        Wrong("mean of each column", lambda image: image - image.mean(axis=0),
              "you subtract the mean of each **column**. One mean of all pixels is meant."),
        Wrong("mean of each row", lambda image: image - image.mean(axis=1, keepdims=True),
              "you subtract the mean of each **row**. One mean of all pixels is meant."),
        Wrong("mean minus image", lambda image: image.mean() - image,
              "every score has the **wrong sign**, as if you subtracted the image from its mean. It is image minus "
              "mean."),
        Wrong("divided by the mean", lambda image: image / image.mean(),
              "you **divide** by the mean of the image; it is subtracted."),
        Wrong("half the range subtracted", lambda image: image - (image.max() + image.min()) / 2,
              "you subtract the **middle of the range**, halfway from the smallest to the largest value. It is the "
              "mean of the pixels."),
        Wrong("standardized", lambda image: (image - image.mean()) / max(image.std(), 1e-12),
              "you also divide by the **standard deviation** of the image: that is a correlation coefficient, up "
              "to the key's. The score is in gray levels."),
    ),
    keyed=(
        lambda key: key,
        Wrong("half of the key", lambda key: (key + 1) / 2,
              "you use the pixels of **one sign** of the key only: a key of 0 and 1, or of 0 and -1, does so. All "
              "pixels count, those where it is -1 with a minus."),
        Wrong("the key flipped", lambda key: key[::-1, ::-1],
              "you **flip the key**, as a convolution does. This is a correlation: pixel by pixel, as they stand."),
        Wrong("the key upside down", lambda key: key[::-1],
              "your key is **upside down**: pixel by pixel, as they stand."),
        Wrong("the key mirrored", lambda key: key[:, ::-1],
              "your key is **mirrored**: pixel by pixel, as they stand."),
        Wrong("the key without its sign", np.abs,
              "you take the key **without its sign**, so all pixels are simply added. Their differences from the mean "
              "then cancel."),
    ),
    averaged=(
        np.mean,
        Wrong("a sum for a mean", np.sum,
              "you take the **sum** over the pixels, not the mean: a larger image would get a larger score for the "
              "same mark."),
        Wrong("divided by the rows", lambda product: np.sum(product) / len(product),
              "you divide by the number of **rows**, which is what `len` gives. There are H · W pixels."),
        Wrong("divided by one less", lambda product: np.sum(product) / max(product.size - 1, 1),
              "you divide by the number of pixels **less one**. It is a mean over all of them."),
        Wrong("divided by the root of the size", lambda product: np.sum(product) / np.sqrt(product.size),
              "you divide by the **root** of the number of pixels; that makes unmarked scores scatter alike, and is "
              "another score."),
        Wrong("a median for a mean", np.median,
              "you take the **median** of the products. It is the mean."),
        Wrong("the mean of absolute values", lambda product: np.mean(np.abs(product)),
              "you take the absolute value of **every product** before the mean, so nothing cancels, and every image "
              "scores high."),
        Wrong("a mean of squares", lambda product: np.mean(product**2),
              "you **square** the products: with a key of +1 and -1 that is the variance of the image, whatever the "
              "key is."),
        Wrong("a mean for each column", lambda product: np.mean(product, axis=0),
              "you take the mean down each **column** and return a row. One number is asked for."),
        Wrong("a mean for each row", lambda product: np.mean(product, axis=1),
              "you take the mean along each **row** and return one number a row. One number in all is asked for."),
    ),
    after=(
        lambda score, image, key: score,
        Wrong("the absolute value", lambda score, image, key: np.abs(score),
              "you return the **absolute value**. A mark makes the score larger than 0. A negative score is no mark."),
        Wrong("the correlation coefficient", lambda score, image, key: score / max(image.std() * key.std(), 1e-12),
              "you divide by **both standard deviations**: that is the correlation coefficient, as `np.corrcoef` "
              "gives it. The score itself is not divided by anything but the number of pixels."),
        Wrong("squared", lambda score, image, key: score**2,
              "you **square** the score: it loses its sign and its unit."),
        Wrong("decided", lambda score, image, key: float(np.all(score > 0)),
              "you return the **decision** whether the score is above 0. The score itself is asked for: where to cut "
              "is the question of 17.2.", "section 6"),
    ),
)
# fmt: on


@watermark_score.mistake("a difference of two means")
def _(image, key):
    """you return how much brighter the pixels with +1 are than those with -1, each group by its own mean. For the image
    `[[3, 1], [2, 6]]` and the key `[[1, 1], [1, -1]]` that is `-4`. It also finds the mark, but it is about twice the
    score, and not just twice where the groups differ in size. One mean over all pixels is meant, see (17.2)."""
    image, key = np.asarray(image, float), np.asarray(key)
    return image[key > 0].mean() - image[key < 0].mean()


# --- 17.2 How many are found? -----------------------------------------------------------------------------------------


def _scores(rng):
    yield np.array([0.0, 2, 3, 4]), np.array([1.0, 2, 3, 4, 5]), 0.25
    yield np.array([4.0, 4, 9]), np.array([1.0, 2, 3, 4, 5]), 0.25
    yield np.array([6.0, 1, 2, 3]), np.array([2.0, 1, 0]), 0.5
    yield np.array([1.2, 1.4, 1.6, 1.8, 3]), np.array([0.0, 4, 2, 1]), 0.5
    yield np.array([2.5, 2.75, 3.5, 9]), np.array([0.0, 1, 2, 3, 10]), 0.25
    yield rng.integers(0, 9, 8), rng.integers(0, 7, 9), 0.125
    yield rng.integers(-4, 9, 11), rng.integers(-5, 5, 17), 0.25
    for n, m, share in ((5, 4, 0.1), (12, 30, 0.05), (30, 41, 0.2), (25, 100, 0.01), (40, 60, 0.5), (9, 7, 0.8)):
        yield rng.normal(1, 1, n), rng.standard_normal(m), share
    yield rng.normal(9, 1, 6), rng.standard_normal(20), 0.1
    yield rng.normal(-9, 1, 6), rng.standard_normal(20), 0.1
    yield rng.normal(0.5, 1, 10), rng.standard_normal(15), 0.0


def _found_by_sorting(marked, plain, share):
    ordered = sorted(float(score) for score in plain)
    place = (1 - share) * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    threshold = ordered[below] + (place - below) * (ordered[above] - ordered[below])
    return sum(float(score) > threshold for score in marked) / len(marked)


detected = FunctionExercise(
    "17.2",
    "How many are found?",
    cases=_scores,
    oracle=_found_by_sorting,
    solution="""
    import numpy as np

    def detected(scores_marked, scores_plain, false_alarms):
        threshold = np.quantile(scores_plain, 1 - false_alarms)
        return np.mean(scores_marked > threshold)
    """,
    example=(np.array([4.0, 1, 5, 3, 2]), np.array([1.0, 3, 2, 4, 0]), 0.25),
    hints=(
        "First the threshold, from the images *without* a mark: which one do only `false_alarms` of them exceed?",
        "`np.quantile(scores_plain, 1 - false_alarms)` is that threshold.",
        "`return np.mean(scores_marked > threshold)`",
    ),
    fixed=("scores_marked.ndim", "scores_plain.ndim"),
)


def _counted(judged, level, cut, compared, counted):
    def answer(marked, plain, share):
        marked, plain = np.asarray(marked, float), np.asarray(plain, float)
        threshold = cut(judged(marked, plain), level(share))
        return counted(compared(marked, threshold), compared(plain, threshold))

    return answer


# fmt: off
detected.choices(
    _counted,
    place="section 6",
    words="the marked scores `[4, 1, 5, 3, 2]`, the plain ones `[1, 3, 2, 4, 0]` and the share 0.25 of false alarms",
    judged=(
        lambda marked, plain: plain,
        Wrong("threshold from the marked", lambda marked, plain: marked,
              "you take the threshold from the **marked** scores. Then it always finds the share that you asked for, "
              "even of images without any mark. A false alarm is one of the *plain* images."),
        Wrong("threshold from all", lambda marked, plain: np.concatenate([marked, plain]),
              "you take the threshold from **all** scores together. A false alarm is one of the plain images, so only "
              "they say where to cut."),
    ),
    level=(
        lambda share: 1 - share,
        Wrong("quantile of the share itself", lambda share: share,
              "you take the quantile at **false_alarms**: that share of the plain scores lies *below* it, and nearly "
              "all others are false alarms. It is 1 - false_alarms."),
        Wrong("half on either side", lambda share: 1 - share / 2,
              "you take the quantile at **1 - false_alarms / 2**, as for a two-sided test. Only high scores are "
              "alarms here."),
        Wrong("no false alarm at all", lambda share: 1.0,
              "you take the **largest** plain score for the threshold, whatever share of false alarms is allowed."),
        Wrong("the median", lambda share: 0.5,
              "you take the **median** of the plain scores for the threshold: half of them are false alarms then."),
    ),
    cut=(
        np.quantile,
        Wrong("percentile for quantile", np.percentile,
              "you call `np.percentile`, which wants **percent**: 0.75 is not even one percent. Take `np.quantile`, or "
              "100 times the level."),
        Wrong("the next score below", lambda scores, level: np.quantile(scores, level, method="lower"),
              "your quantile is one of the scores, the next one **below**. `np.quantile` goes on between two scores "
              "in a straight line."),
        Wrong("the next score above", lambda scores, level: np.quantile(scores, level, method="higher"),
              "your quantile is one of the scores, the next one **above**. `np.quantile` goes on between two scores "
              "in a straight line."),
        Wrong("one score too low", lambda s, level: np.sort(s)[max(int(level * len(s)) - 1, 0)],
              "you take the **sorted score** number level · n. `np.quantile` counts n - 1 steps from the first score "
              "to the last one, and goes on between two scores in a straight line."),
        Wrong("a bell assumed", lambda scores, level: scores.mean() + 1.645 * scores.std(),
              "your threshold is the mean and **1.645 deviations**: right for a bell and 5 % of false alarms, and for "
              "nothing else."),
        Wrong("the mean for the threshold", lambda scores, level: scores.mean(),
              "your threshold is the **mean** of the scores, whatever share of false alarms is allowed."),
    ),
    compared=(
        lambda scores, threshold: scores > threshold,
        Wrong("equal counts as above", lambda scores, threshold: scores >= threshold,
              "you also count scores that are **equal** to the threshold (`>=`). *Above* it is asked for."),
        Wrong("below for above", lambda scores, threshold: scores < threshold,
              "you count the scores **below** the threshold: the share that is missed."),
        Wrong("not above for above", lambda scores, threshold: scores <= threshold,
              "you count the scores that are **not** above the threshold: the share that is missed."),
        Wrong("absolute scores compared", lambda scores, threshold: np.abs(scores) > threshold,
              "you compare **absolute** scores. A very negative score is no mark."),
    ),
    counted=(
        lambda marked, plain: np.mean(marked),
        Wrong("a count for a share", lambda marked, plain: np.sum(marked),
              "you return the **number** of marked images that are found. A share goes from 0 to 1: divide by how many "
              "there are."),
        Wrong("percent for a share", lambda marked, plain: 100 * np.mean(marked),
              "you return **percent**. A share goes from 0 to 1."),
        Wrong("the share of the plain", lambda marked, plain: np.mean(plain),
              "you return the share of the **plain** scores above the threshold: the false alarms, which were given. "
              "Asked is how many of the marked images are found."),
        Wrong("less the false alarms", lambda marked, plain: np.mean(marked) - np.mean(plain),
              "you **subtract the false alarms** from what was found. The share that is found is asked for as it is."),
        Wrong("the precision", lambda marked, plain: np.sum(marked) / max(np.sum(marked) + np.sum(plain), 1),
              "you divide by **all alarms**, right and false: that is the precision. Divide by the number of marked "
              "images."),
        Wrong("whether any is found", lambda marked, plain: float(np.any(marked)),
              "you return **whether** any is found (`any`), not which share."),
        Wrong("a list", lambda marked, plain: marked,
              "you return for **each** image whether it is found. The share of them is asked for."),
        Wrong("the share of all", lambda marked, plain: np.mean(np.concatenate([marked, plain])),
              "you return the share of **all** scores above the threshold, with the plain ones. Asked is the share of "
              "the marked ones."),
    ),
)
# fmt: on


# --- 17.3 Your own bill -----------------------------------------------------------------------------------------------


def _trainings(rng):
    yield 3600, 1000, 1
    yield 1, 1, 1
    yield 7200, 50, 2
    yield 60, 15, 1
    yield 86_400, 700, 8
    yield 90.5, 65.25, 3
    yield 0, 300, 4
    for _ in range(6):
        yield float(rng.uniform(1, 1e5)), float(rng.uniform(5, 900)), int(rng.integers(2, 65))
    yield float(rng.uniform(1, 1e5)), float(rng.uniform(5, 900)), 1
    yield 5400, 0, 2
    yield 3_600_000, 1, 5


def _by_hours(seconds, watts, machines=1):
    hours = seconds / 60 / 60
    return sum(hours * (watts / 1000) for _ in range(machines))


kilowatt_hours = FunctionExercise(
    "17.3",
    "Your own bill",
    cases=_trainings,
    oracle=_by_hours,
    solution="""
    def kilowatt_hours(seconds, watts, machines=1):
        return machines * watts * seconds / 3.6e6
    """,
    example=(7200, 500, 4),
    hints=(
        "First in your head: a heater of 1,000 W that runs for an hour takes how many kilowatt-hours?",
        "Seconds to hours, watts to kilowatts, then multiply. All machines run at once, each with its own power.",
        "`machines * watts * seconds / 3.6e6`",
    ),
)


def _energy(power, joined, unit, shared):
    def answer(seconds, watts, machines=1):
        return shared(joined(float(seconds), power(float(watts))) / unit, machines)

    return answer


def _over(a, b):
    return a / b if b else float("inf")


# fmt: off
kilowatt_hours.choices(
    _energy,
    place="(17.3)",
    words="7,200 seconds, 500 W and 4 machines",
    power=(
        lambda watts: watts,
        Wrong("watts squared", lambda watts: watts**2,
              "you **square** the watts. Power times time is energy."),
    ),
    joined=(
        lambda seconds, watts: seconds * watts,
        Wrong("watts divided by seconds", lambda seconds, watts: _over(watts, seconds),
              "you **divide** the watts by the seconds: then a longer training would take less. Energy is power "
              "*times* time."),
        Wrong("seconds divided by watts", lambda seconds, watts: _over(seconds, watts),
              "you **divide** the seconds by the watts: then a stronger machine would take less. Energy is power "
              "*times* time."),
        Wrong("watts added", lambda seconds, watts: seconds + watts,
              "you **add** seconds and watts. Energy is power *times* time."),
        Wrong("whole hours only", lambda seconds, watts: seconds // 3600 * 3600 * watts,
              "you count **whole hours** only (`//`). A training of a minute takes something, too."),
        Wrong("only the time", lambda seconds, watts: seconds,
              "the **watts are missing**: the same time costs more on a stronger machine."),
        Wrong("only the power", lambda seconds, watts: watts,
              "the **seconds are missing**: watts say how fast energy is used, not how much."),
    ),
    unit=(
        3.6e6,
        Wrong("watt-hours", 3600.0,
              "you return **watt-hours**: you divide by 3,600 only. A kilowatt-hour has 1,000 of them."),
        Wrong("seconds taken for hours", 1000.0,
              "you take the **seconds for hours**: you divide by 1,000 only. An hour has 3,600 seconds."),
        Wrong("seconds taken for minutes", 60_000.0,
              "you take the **seconds for minutes**: you divide by 60 · 1,000. An hour has 60 · 60 seconds."),
        Wrong("joules", 1.0,
              "you return **joules**, watts times seconds. 3.6 million of them are a kilowatt-hour."),
        Wrong("60 in place of 3600, in watts", 60.0,
              "you divide by **60**: that is watt-minutes. An hour has 3,600 seconds, a kilowatt 1,000 watts."),
        Wrong("megawatt-hours", 3.6e9,
              "you return **megawatt-hours**: a thousand too few. *Kilo* is 1,000, and it is divided by once."),
        Wrong("3.6e5", 3.6e5,
              "your result is **10 times too large**: 3.6 million is `3.6e6`."),
        Wrong("3.6e7", 3.6e7,
              "your result is **10 times too small**: 3.6 million is `3.6e6`."),
        Wrong("times 3.6 million", 1 / 3.6e6,
              "you **multiply** by 3.6 million. So many joules make *one* kilowatt-hour: divide."),
        Wrong("times an hour", 1000 / 3600,
              "you **multiply** by 3,600 where an hour is to be divided by: seconds become hours by a division."),
        Wrong("times a thousand", 3.6,
              "you **multiply** by 1,000 where watts become kilowatts: that is a division."),
    ),
    shared=(
        lambda energy, machines: energy * machines,
        Wrong("machines forgotten", lambda energy, machines: energy,
              "**machines** has no effect. They run at once, each with its own power, so every one of them counts."),
        Wrong("divided by the machines", lambda energy, machines: energy / machines,
              "you **divide** by the number of machines. `seconds` is how long they all run, so more machines take "
              "more."),
        Wrong("machines added", lambda energy, machines: energy + machines,
              "you **add** the number of machines; it multiplies."),
        Wrong("one machine too many", lambda energy, machines: energy * (machines + 1),
              "you count **one machine too many**."),
        Wrong("one machine too few", lambda energy, machines: energy * (machines - 1),
              "you count **one machine too few**: the first one runs, too."),
        Wrong("machines squared", lambda energy, machines: energy * machines**2,
              "you multiply by the machines **twice**: the power has them already."),
        Wrong("rounded", lambda energy, machines: float(round(energy * machines)),
              "you **round** to whole kilowatt-hours. A small training takes less than one."),
        Wrong("rounded to two digits", lambda energy, machines: round(energy * machines, 2),
              "you **round** to two digits behind the point. A small training takes less than 0.01 kWh."),
        Wrong("divided without a rest", lambda energy, machines: float(energy * machines // 1),
              "`//` (or `int`) **drops the part behind the point**. A small training takes less than 1 kWh."),
    ),
)
# fmt: on
