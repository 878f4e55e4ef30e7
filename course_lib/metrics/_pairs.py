"""The truth and a prediction as they come in: arrays of class ids or labels, of one shape."""

from course_lib._labels import label_array, refuse_one_hot
from course_lib._validate import same_shape, whole_number

FIRST_ARGMAX = "take the argmax over {axis} first. (If these are ids, flatten them: places do not matter)"


def label_pair(y_true, y_pred):
    """Both as arrays of whole numbers, of one shape."""
    y_true, y_pred = label_array("y_true", y_true), label_array("y_pred", y_pred)
    same_shape(y_true=y_true, y_pred=y_pred)
    return y_true, y_pred


def object_pair(y_true, y_pred):
    """Both as arrays of labels of objects, 0 and above, of one shape."""
    y_true, y_pred = label_pair(y_true, y_pred)
    for name, labels in (("y_true", y_true), ("y_pred", y_pred)):
        if labels.size and not (labels.min() >= 0 and labels.max() < 2**63):
            wrong = labels.min() if labels.min() < 0 else labels.max()
            raise ValueError(f"{name} must hold labels of 0 and above, below 2**63, got {wrong}")
    if y_true.ndim > 2:
        refuse_one_hot(FIRST_ARGMAX, y_true=y_true, y_pred=y_pred)
    return y_true, y_pred


def kept(labels, ignored, name="ignore_class"):
    """Where a label counts: a mask like ``labels``, or everything."""
    return slice(None) if ignored is None else labels != whole_number(name, ignored)
