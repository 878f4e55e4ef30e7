"""Make digit_classifier.npz again: the recipe is course_lib/experiments/shipped/digit_classifier.py."""

from course_lib.experiments.shipped import digit_classifier

if __name__ == "__main__":
    digit_classifier.main()
