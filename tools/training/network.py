"""The network of the model, trained with torch: newsreel.extraction.model.Net says what it works out."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from newsreel.extraction.model import CLIP, Net
from tools.training.pages import Sample

GAP = 12  # leaves of nothing between two pages, so that no convolution looks from one into the other
BATCH = 16  # pages
EPOCHS = 24
RATE = 4e-3
PLAIN = 0.5  # of the pages are seen as they are, the others in one of their variants
ENTROPY = 0.5  # weight of the cross entropy beside the expected F1
WIDE, NARROW, WIDTH, DILATIONS = 64, 32, 5, (1, 2, 3)
SPREAD = 1e-2  # added to the standard deviations


class Network(nn.Module):
    """A layer, the page's mean of it, a narrower layer, dilated convolutions, a number a leaf."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.first = nn.Linear(size, WIDE)
        self.context = nn.Linear(WIDE, WIDE)
        self.middle = nn.Linear(WIDE, NARROW)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(NARROW, NARROW, WIDTH, padding=step * (WIDTH // 2), dilation=step) for step in DILATIONS
        )
        self.last = nn.Linear(NARROW + WIDE, 1)

    def forward(self, batch: Batch) -> Tensor:
        """The logits of all leaves of a batch."""
        wide = functional.dropout(torch.relu(self.first(batch.rows)), 0.1, self.training)
        weight = (batch.weight * batch.real).unsqueeze(1)
        page = batch.sums(wide * weight) / (batch.sums(weight) + 1)
        wide = torch.relu(wide + self.context(page)[batch.page])
        real = batch.real.view(1, 1, -1)
        narrow = torch.relu(self.middle(wide)).t().unsqueeze(0) * real
        for convolution in self.convolutions:
            narrow = (narrow + torch.relu(convolution(narrow))) * real
        logits: Tensor = self.last(torch.cat([narrow[0].t(), wide], 1)).squeeze(1)
        return logits


@dataclass(slots=True)
class Batch:
    """Pages in one row with gaps between. ``real``: 1 for a leaf, 0 in a gap; ``page``: the number of each leaf's page."""

    rows: Tensor
    weight: Tensor
    truth: Tensor
    real: Tensor
    page: Tensor
    pages: int

    def sums(self, values: Tensor) -> Tensor:
        """The sum of each page's values."""
        return torch.zeros(self.pages, *values.shape[1:]).index_add_(0, self.page, values)


def _batch(samples: Sequence[Sample], mean: Any, scale: Any) -> Batch:
    rows, weights, truths, reals, numbers = [], [], [], [], []
    for number, sample in enumerate(samples):
        count = len(sample.weight)
        standard = np.clip((sample.rows.astype(np.float32) - mean) * scale, -CLIP, CLIP)
        rows += [torch.from_numpy(standard), torch.zeros(GAP, standard.shape[1])]
        weights += [torch.from_numpy(sample.weight), torch.zeros(GAP)]
        truths += [torch.from_numpy(sample.truth), torch.zeros(GAP)]
        reals += [torch.ones(count), torch.zeros(GAP)]
        numbers.append(torch.full((count + GAP,), number, dtype=torch.long))
    return Batch(
        torch.cat(rows), torch.cat(weights), torch.cat(truths), torch.cat(reals), torch.cat(numbers), len(samples)
    )


def _loss(logits: Tensor, batch: Batch) -> Tensor:
    """One less the F1 that the likelihoods let expect, and the cross entropy, leaves by the root of their weight."""
    likely = torch.sigmoid(logits) * batch.real
    hit = batch.sums(batch.weight * likely * batch.truth)
    both = batch.sums(batch.weight * likely) + batch.sums(batch.weight * batch.truth)
    missed = functional.binary_cross_entropy_with_logits(logits, batch.truth, reduction="none")
    root = torch.sqrt(batch.weight) * batch.real
    entropy = batch.sums(missed * root) / (batch.sums(root) + 1e-3)
    return (1 - 2 * hit / (both + 1e-3)).mean() + ENTROPY * entropy.mean()


def train(samples: Sequence[Sequence[Sample]], seed: int) -> Net:
    """A network from pages, each with its variants behind it."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # more would make the sums' order, and so the result, a matter of chance
    chance = random.Random(seed)  # noqa: S311
    known = np.concatenate([page[0].rows for page in samples[::3]]).astype(np.float32)
    mean, scale = known.mean(0), 1 / (known.std(0) + SPREAD)
    network = Network(known.shape[1])
    steps = EPOCHS * -(-len(samples) // BATCH) + 1
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.15)
    for epoch in range(EPOCHS):
        order = chance.sample(range(len(samples)), len(samples))
        total = 0.0
        for start in range(0, len(order), BATCH):
            chosen = [_seen(samples[place], chance) for place in order[start : start + BATCH]]
            batch = _batch(chosen, mean, scale)
            loss = _loss(network(batch), batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(chosen)
        if epoch % 6 == 5:
            sys.stderr.write(f"network {seed}: epoch {epoch + 1} of {EPOCHS}, loss {total / len(order):.4f}\n")
    return _as_arrays(network, mean, scale)


def _seen(page: Sequence[Sample], chance: random.Random) -> Sample:
    return page[0] if len(page) == 1 or chance.random() < PLAIN else chance.choice(page[1:])


def _as_arrays(network: Network, mean: Any, scale: Any) -> Net:
    def layer(part: Any) -> tuple[Any, Any]:
        return part.weight.detach().numpy().copy(), part.bias.detach().numpy()[:, None].copy()

    convolutions = []
    for part in network.convolutions:
        matrix, bias = layer(part)  # (out, in, width) -> (out, width * in), as the shifted copies are stacked
        convolutions.append((matrix.transpose(0, 2, 1).reshape(NARROW, -1).copy(), bias, part.dilation[0]))
    first, context, middle, last = (
        layer(part) for part in (network.first, network.context, network.middle, network.last)
    )
    return Net(mean[:, None], scale[:, None], first, context, middle, tuple(convolutions), last)
