"""Blocks of a network in inches, and its layers in words."""

import math
from dataclasses import dataclass

from course_lib.teaching.diagrams._drawing import (
    Box,
    tint,
)

INPUT, FEATURES, COPIED, VECTOR = tint("black", 0.15), tint("#56B4E9", 0.55), tint("#E69F00", 0.6), tint("#CC79A7", 0.5)
BRIDGE = "#B87800"
TALLEST, WIDEST, LEAST = 1.0, 0.42, 0.09  # inches of a block's side


@dataclass(frozen=True)
class Scale:
    """Inches of a block."""

    size: int
    channels: int
    vector: int

    @classmethod
    def of(cls, network):
        blocks = network.blocks + [block for _, branch in network.branches for block in branch]
        images = [block for block in blocks if len(block.shape) > 1]
        vectors = [block.channels for block in blocks if len(block.shape) == 1]
        sizes, channels = [b.size for b in images], [b.channels for b in images]
        return cls(max(sizes, default=1), max(channels, default=1), max(vectors, default=1))

    def height(self, block):
        if len(block.shape) == 1:
            return max(TALLEST * math.sqrt(block.channels / self.vector), LEAST)
        return max(TALLEST * math.sqrt(block.size / self.size), LEAST)

    def width(self, channels):
        return max(WIDEST * math.sqrt(channels / self.channels), LEAST)

    def widths(self, block):
        """Of the parts of a block, from left to right."""
        return [LEAST] if len(block.shape) == 1 else [self.width(c) for c in block.parts or (block.channels,)]


def boxes_of(block, scale, left, y, color):
    boxes = []
    for width, copied in zip(scale.widths(block), block.copied or (False,) * 9, strict=False):
        boxes.append(Box(left + width / 2, y, width, scale.height(block), COPIED if copied else color))
        left += width
    return boxes


def repeated(steps):
    """("conv", "ReLU", "conv", "ReLU") -> (("conv", "ReLU"), 2)."""
    for period in range(1, len(steps) + 1):
        if len(steps) % period == 0 and steps == steps[:period] * (len(steps) // period):
            return steps[:period], len(steps) // period
    return steps, 1


def sentence(steps):
    if steps[:1] == ["pad"] and len(steps) > 1:
        return "pad, then " + sentence(steps[1:])
    unit, times = repeated(steps)
    return ", ".join(unit) + (f" (×{times})" if times > 1 else "")


def channels_text(block):
    return " + ".join(map(str, block.parts)) if block.parts else str(block.channels)


def times_text(shape):
    return " × ".join(map(str, shape))
