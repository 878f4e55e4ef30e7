"""The truth and a prediction as they come in: arrays of class ids or labels, of one shape."""

from course_lib._labels import label_array
from course_lib._validate import same_shape, whole_number

FIRST_ARGMAX = "take the argmax over {axis} first. (If these are ids, flatten them: places do not matter)"


def label_pair(y_true, y_pred):
    """Both as arrays of whole numbers, of one shape."""
    y_true, y_pred = label_array("y_true", y_true), label_array("y_pred", y_pred)
    same_shape(y_true=y_true, y_pred=y_pred)
    return y_true, y_pred


def kept(labels, ignore_class):
    """Where a label counts: a mask like ``labels``, or everything."""
    return slice(None) if ignore_class is None else labels != whole_number("ignore_class", ignore_class)
