"""Make emoji_generator.npz again: the recipe is course_lib/experiments/shipped/generators.py."""

from course_lib.experiments.shipped import generators

if __name__ == "__main__":
    generators.main("emoji_generator")
