"""Long experiments of the chapters, a module each: run one with `python -m course_lib.experiments.unet_skips`."""
