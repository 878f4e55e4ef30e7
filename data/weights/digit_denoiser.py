"""Make digit_denoiser.npz again: the recipe is course_lib/experiments/shipped/digit_denoiser.py."""

from course_lib.experiments.shipped import digit_denoiser

if __name__ == "__main__":
    digit_denoiser.main()
