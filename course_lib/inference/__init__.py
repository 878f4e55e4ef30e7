"""From a network's numbers to a result that other people can open."""
