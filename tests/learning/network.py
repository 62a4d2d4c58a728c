"""The fitting of a small network: Adam (Kingma and Ba, 2015) on the cross-entropy, with numpy alone."""

from collections.abc import Iterator, Sequence

import numpy as np

from processor.cells import Bools, Reals
from processor.network import PLACES

EPOCHS, BATCH, RATE = 20, 1024, 5e-3
FLIPPED = 0.2
"""The share of cells that are shown upside down: shadows lie below as a rule, and not always."""

LEANING = np.float32(0.2)
"""Log odds in favour of being covered: what makes most of F1 lies below even chances."""

ONE = -PLACES
"""Of what is known of a cell, that which is always one: the last trait, of the cell itself."""

UPSIDE_DOWN = np.array([0, 1, 4, 5, 2, 3])
"""The places, with those above and those below exchanged."""


def fitted(
    known: Sequence[Reals], covered: Sequence[Bools], hidden: int, *, epochs: int = EPOCHS
) -> tuple[Reals, Reals]:
    """What a network of so many hidden units weighs `(hidden, inputs)`, and what it says `(hidden + 1,)`, from films of
    n cells each: what is `known` of them `(n, inputs)`, and which are `covered` `(n,)`. A film of many cells counts for
    more than one of few, but only by the square root of it."""
    random = np.random.default_rng(0)
    shown, truth = _flipped(np.concatenate(known), random), np.concatenate(covered).astype(np.float32)
    weight = np.concatenate([np.full(len(one), len(one) ** -0.5, np.float32) for one in covered])
    weight /= weight.mean()
    middle, spread = shown.mean(axis=0), shown.std(axis=0) + 1e-6
    middle[ONE], spread[ONE] = 0, 1
    shown -= middle
    shown /= spread
    inputs = shown.shape[1]
    first = (random.standard_normal((inputs, hidden)) * inputs**-0.5).astype(np.float32)
    second = (random.standard_normal(hidden) * hidden**-0.5).astype(np.float32)
    parts = [first, second, np.zeros(1, np.float32)]
    adam = _Adam(parts, epochs * (len(shown) // BATCH))
    for batch in _batches(len(shown), epochs, random):
        adam.step(_gradients(parts, shown[batch], truth[batch], weight[batch]))
    first, second, bias = parts
    first = first / spread[:, np.newaxis]
    first[ONE] -= middle @ first
    return np.ascontiguousarray(first.T), np.concatenate((second, bias + LEANING))


def _flipped(known: Reals, random: np.random.Generator) -> Reals:
    known = known.copy()
    chosen = random.random(len(known)) < FLIPPED
    traits = known[chosen].reshape(np.count_nonzero(chosen), -1, PLACES)
    known[chosen] = traits[:, :, UPSIDE_DOWN].reshape(len(traits), -1)
    return known


def _batches(
    count: int, epochs: int, random: np.random.Generator
) -> Iterator[np.ndarray[tuple[int], np.dtype[np.intp]]]:
    for _ in range(epochs):
        order = random.permutation(count)
        yield from (order[first : first + BATCH] for first in range(0, count - BATCH + 1, BATCH))


def _gradients(parts: Sequence[Reals], shown: Reals, truth: Reals, weight: Reals) -> list[Reals]:
    first, second, bias = parts
    hidden = np.maximum(shown @ first, 0)
    error = (1 / (1 + np.exp(-(hidden @ second + bias))) - truth) * weight / np.float32(len(truth))
    back = np.outer(error, second) * (hidden > 0)
    return [shown.T @ back, hidden.T @ error, error.sum(keepdims=True)]


class _Adam:
    """Changes the parts in place, at a rate that falls to nought over so many steps."""

    def __init__(self, parts: list[Reals], steps: int) -> None:
        self._parts, self._steps, self._taken = parts, steps, 0
        self._mean = [np.zeros_like(part) for part in parts]
        self._square = [np.zeros_like(part) for part in parts]

    def step(self, gradients: Sequence[Reals]) -> None:
        self._taken += 1
        rate = RATE * (1 - self._taken / (self._steps + 1))
        unbiased, unbiased_square = (np.float32(1 - decay**self._taken) for decay in (0.9, 0.999))
        for number, gradient in enumerate(gradients):
            mean, square = self._mean[number], self._square[number]
            np.add(mean, np.float32(0.1) * (gradient - mean), out=mean)
            np.add(square, np.float32(0.001) * (gradient**2 - square), out=square)
            self._parts[number] -= np.float32(rate) * mean / unbiased / (np.sqrt(square / unbiased_square) + 1e-8)
