"""Answers to the exercises as learners write them, a module for each chapter, by the number of the exercise.

`WRONG` is what must not be accepted, and `RIGHT` what must be, though it is written in another way than our solution.
Each is the body of the function (an expression, or lines with a `return`), or a pair: a piece of our own solution, and
what stands in its place. Many of the wrong ones are right on vectors, on whole numbers, on squares, for one value of a
parameter or for tame numbers: only cases that vary find them out.
"""
