"""Variables as named arrays, for `course_lib.models.archive` to write: what a training that is killed goes on from."""


def of_variables(owned):
    """Name the values of variables by their owner and order: ``owner/0``, ``owner/1``, ...

    Parameters
    ----------
    owned : dict of str to sequence of keras.Variable

    Returns
    -------
    dict of str to array
    """
    from keras import ops

    return {
        f"{owner}/{i}": ops.convert_to_numpy(variable)
        for owner, variables in owned.items()
        for i, variable in enumerate(variables)
    }


def to_variables(owned, arrays):
    """Give variables the values of `of_variables`.

    Parameters
    ----------
    owned : dict of str to sequence of keras.Variable
    arrays : dict of str to array
        May hold other names as well.

    Raises
    ------
    ValueError
        The arrays belong to other variables: their number, a shape or a dtype differs. Nothing is changed then.
    """
    pairs = []
    for owner, variables in owned.items():
        given = sum(name.startswith(owner + "/") for name in arrays)
        if given != len(variables):
            raise ValueError(f"the checkpoint has {given} variables of the {owner}, which has {len(variables)}")
        for i, variable in enumerate(variables):
            array = arrays[f"{owner}/{i}"]
            if array.shape != tuple(variable.shape) or array.dtype.name != variable.dtype:
                raise ValueError(
                    f"{variable.path!r} of the {owner} is {variable.dtype} {tuple(variable.shape)}, but {array.dtype} "
                    f"{array.shape} in the checkpoint"
                )
            pairs.append((variable, array))
    for variable, array in pairs:
        variable.assign(array)
