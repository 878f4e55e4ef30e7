"""The exercises, one module for each chapter: `from course_lib.teaching.exercises import ch02 as ex`."""
