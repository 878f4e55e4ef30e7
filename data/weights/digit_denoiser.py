"""Make digit_denoiser.npz again: the recipe is course_lib/experiments/shipped/denoisers.py."""

from course_lib.experiments.shipped import denoisers

if __name__ == "__main__":
    denoisers.main("digit_denoiser")
