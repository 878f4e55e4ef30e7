"""Networks: each file holds one idea, as functions that return a functional ``keras.Model``.

Importing this package imports none of them: Keras is loaded by the first file that you import from it.
"""
