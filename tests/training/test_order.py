"""A compiled step reads and changes its variables in the order in which it was written.

Graphs are run on several threads: where two operations on a variable are not ordered by the graph, chance orders them.
"""

import keras
import numpy as np
import pytest

from course_lib import backend
from course_lib.losses import adversarial as losses
from course_lib.models.gan import toy_discriminator, toy_generator
from course_lib.training.adversarial import AdversarialTrainer

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="XLA keeps the order by itself")


def graphs_of(run):
    """Every graph that ``run()`` executes, as TensorFlow has optimized it."""
    from tensorflow.python.eager import context  # there is no public way to an optimized graph

    context.enable_run_metadata()
    try:
        run()
        return [graph.post_optimization_graph for graph in context.export_run_metadata().function_graphs]
    finally:
        context.disable_run_metadata()


def unordered(graph):
    """(assignment, reading) pairs of one variable neither waiting for the other; and how many there are."""
    nodes, before = {node.name: node for node in graph.node}, {}

    def root(name):
        return name.lstrip("^").split(":")[0]

    for start in nodes:  # what each node waits for, without recursion: graphs are deep
        stack = [start]
        while stack:
            waiting = [root(name) for name in nodes[stack[-1]].input]
            missing = [name for name in waiting if name not in before]
            if missing:
                stack.extend(missing)
            else:
                before[stack.pop()] = set(waiting).union(*(before[name] for name in waiting))
    reads = [node for node in graph.node if node.op == "ReadVariableOp"]
    assigns = [node for node in graph.node if node.op.startswith("Assign") and node.op.endswith("VariableOp")]
    pairs = [(a.name, r.name) for a in assigns for r in reads if root(a.input[0]) == root(r.input[0])]
    return [(a, r) for a, r in pairs if a not in before[r] and r not in before[a]], len(pairs)


@pytest.mark.parametrize("penalty", ["r1", "r2", "gradient_penalty"])
def test_penalties_read_the_weights_before_they_are_changed(penalty):
    backend.set_seed(0)
    trainer = AdversarialTrainer(
        toy_generator(2, 8, 1), toy_discriminator(8, 1), losses.NON_SATURATING, ema=0.9, **{penalty: 0.5}
    )
    data = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")
    found = [unordered(graph) for graph in graphs_of(lambda: trainer.fit(data, 1, 16))]
    assert sum(pairs for _, pairs in found) > 50
    assert [pair for pairs, _ in found for pair in pairs] == []


def test_the_pass_that_loses_the_order_is_seen_by_this_test():
    """Where the course does not switch it off, the same step has a reading that nothing holds in its place."""
    import tensorflow as tf

    kept = tf.config.optimizer.get_experimental_options()
    assert kept["dependency_optimization"] is False
    try:
        tf.config.optimizer.set_experimental_options({"dependency_optimization": True})
        with pytest.raises(AssertionError, match="BiasAdd/ReadVariableOp"):
            test_penalties_read_the_weights_before_they_are_changed("r2")
    finally:
        tf.config.optimizer.set_experimental_options(kept)
