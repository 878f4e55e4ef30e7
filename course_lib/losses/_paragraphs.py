"""What the losses of segmentation say of the arguments that they share: written once, filled into every docstring."""

from course_lib._docs import filled

filled_in = filled(
    y_true="""
        y_true : (N, ...), (N, ..., 1) or (N, ..., C)
            Class ids, or one-hot, also soft; "..." are one or more axes of pixels, such as H, W. With one channel,
            C = 1: the foreground, numbers from 0 to 1, (N, ...) or (N, ..., 1). A NumPy array with a label that is no
            class is refused; in a compiled step, where values cannot be looked at, the loss becomes NaN.""",
    logits="""
        logits : (N, ..., C), floating-point
            Unbounded, never probabilities. C = 1 means a sigmoid, C > 1 a softmax over the last axis. Half precision is
            computed in float32, float64 in float64; what comes back has that dtype. Infinity is taken at its word: a
            class with the logit -inf is impossible. NaN gives NaN, but for a pixel that weighs 0.""",
    weights="""
        weights : (N,), (N, ...) or (N, ..., 1), optional
            One for each image or each pixel, at least 0. They stand inside every sum over pixels. In a mean over images
            each image counts with the mean of its weights above 0.""",
    class_weights_of_pixels="""
        class_weights : sequence of C numbers, optional
            At least 0, not all 0; for C = 1 two: (background, foreground). They are multiplied onto the weights of the
            pixels of the class.""",
    class_weights_of_regions="""
        class_weights : sequence of C numbers, optional
            At least 0, not all 0. The mean over the classes is taken with them, divided by their sum.""",
    ignore_class_of_pixels="""
        ignore_class : int, optional
            The label of pixels to be left out: they weigh 0. It may be a class, or a label outside of them such as 255;
            with one-hot targets it must be one of the C classes.""",
    ignore_class_of_regions="""
        ignore_class : int, optional
            The label of pixels to be left out: they weigh 0. It may be a label outside of the classes, such as 255. If
            it is one of the C classes, which it must be with one-hot targets, that class also takes no part in the
            mean over classes.""",
    reduction_of_pixels="""
        reduction : {"mean", "sum", "none"}
            "mean": the sum of weight times loss over the *sum of weights*, so that a common factor of all weights
            changes nothing. "sum": without the division. "none": weight times loss. Where nothing weighs anything the
            mean is 0.""",
    reduction_of_regions="""
        reduction : {"mean", "sum", "none"}
            There is one number for each image, the mean over its classes. "mean": the sum of the image's weight times
            its loss over the *sum of weights*. "sum": without the division. "none": weight times loss. An image that
            weighs 0, or of which every pixel is ignored, is not counted. The mean is 0 where nothing weighs anything.
            """,
    per_batch="""
        per_batch : bool
            False: sums run over each image, and the images' losses are averaged. True: sums run over the whole batch,
            as one large image.""",
    smooth="""
        smooth : float, at least 0
            Added to numerator and denominator of the index, in pixels (of the image's mean weight). 0 is safe, and the
            default. 1 halves the loss of an object of one pixel that was missed.""",
    empty="""
        empty : {"penalize", "skip"}
            What happens to a class that is absent from the target, where the index says 0 / anything and has no
            gradient. "penalize": the denominator counts one pixel more. With A the weighted area of false alarms, the
            loss is then A / (A + 1): 0 for a silent prediction, always with a gradient towards silence. "skip": the
            class takes no part in that image.""",
    empty_of_generalized="""
        empty : {"penalize", "skip"}
            The weight of a class that is absent from the target: that of a class of one pixel, or 0.""",
    empty_of_lovasz="""
        empty : {"penalize", "skip"}
            What happens to a class that is absent from the target. "penalize": it costs its largest p, as the extension
            says without a rule. "skip": the class takes no part in that image.""",
    form="""
        form : {"product", "squared", "l1"}
            How the overlap of a soft region with the target is counted; all agree where p and g are 0 or 1.""",
    gamma_of_focal="""
        gamma : float, at least 0
            How much pixels that are right already are turned down. 0 is cross-entropy.""",
    alpha_of_focal="""
        alpha : float in [0, 1], or one number for each class, optional
            For one channel, alpha weighs the foreground and 1 - alpha the background (eq. 5). It multiplies the loss
            and is *not* divided out, as in the paper; ``class_weights`` are.""",
    alpha_beta="""
        alpha, beta : float, at least 0
            Weights of false positives and of false negatives.""",
    gamma_of_tversky="""
        gamma : float, from 1 to 3
            The loss is raised to the power 1 / gamma.""",
    parts="""
        dice_weight, cross_entropy_weight : float, at least 0
            Factors of the two losses.""",
    class_weights_of_both="""
        class_weights : sequence, optional
            One for each class, at least 0, not all 0, for both parts. For one channel two, (background, foreground),
            which concern the cross-entropy only.""",
    reduction_of_both="""
        reduction : {"mean", "sum"}
            Of each part: its weighted mean, or its sum. "none" is refused: one part has a value for each pixel, the
            other for each image.""",
    class_weights_of_boundary="""
        class_weights : sequence of C numbers, optional
            At least 0, not all 0, and divided by their sum. With one channel there are none.""",
    of_pixels="""
        () or (N, ...)
            A number, or with reduction "none" one for each pixel.""",
    of_regions="""
        () or (N,)
            Numbers in [0, 1] where nothing weighs more than 1; with reduction "none" one for each image, or with
            ``per_batch`` the shape (1,).""",
    errors="""
        TypeError
            Logits that are not floating-point; labels, weights or options of the wrong type.
        ValueError
            Shapes that do not go together, labels that are no classes, weights below 0, an option out of its range.""",
    reduction_of_class="""
        reduction : {"mean", "sum", "none"}
            What happens to one number for each pixel or image: their weighted mean, their sum, or nothing.""",
    name_and_dtype="""
        name : str, optional
            By default that of the class.
        dtype : str, optional
            What logits are cast to before the loss is computed; by default Keras's float type.""",
    errors_of_class="""
        TypeError
            An option that there is not.
        ValueError
            An unknown reduction; other options are looked at with the first batch.""",
)
