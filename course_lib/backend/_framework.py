"""What the other files here need of TensorFlow and JAX: which of them it is, and pure functions for JAX."""


def which_framework():
    """The module tensorflow or jax, whichever Keras runs on."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as module
    elif backend == "jax":
        import jax as module
    else:
        raise ValueError(f"the Keras backend must be 'tensorflow' or 'jax', got {backend!r}: set KERAS_BACKEND")
    return module


def variables_as_tensors(pairs, only=False):
    """A scope in which each variable of ``pairs`` stands for the tensor beside it, and assignments go to that tensor.

    JAX functions must be pure: this is how a function that reads and assigns Keras variables becomes one. Other
    variables are looked up in the scope around this one; with ``only`` there may be none.
    """
    import keras

    class Scope(keras.StatelessScope):
        def __init__(self):
            super().__init__(state_mapping=list(pairs))
            self.changed = []

        def get_current_value(self, variable):
            if id(variable) in self.state_mapping:
                return self.state_mapping[id(variable)]
            if only:
                raise ValueError(f"f uses the variable {variable.path!r} that state does not list")
            return self.original_scope.get_current_value(variable) if self.original_scope else None

        def add_update(self, update):
            variable = update[0]
            self.get_current_value(variable)  # complains of a variable that is not listed
            if not any(variable is seen for seen in self.changed):
                self.changed.append(variable)
            super().add_update(update)

        def current(self, variables):
            return [self.state_mapping[id(variable)] for variable in variables]

    return Scope()
