"""Make nuclei_unet.npz again: the recipe is course_lib/experiments/shipped/nuclei_unet.py."""

from course_lib.experiments.shipped import nuclei_unet

if __name__ == "__main__":
    nuclei_unet.main()
