"""The functions of a script that draw mini-batches at random, as source text with gaps to fill in."""

ORDERS = '''\
@cache
def orders(group):
    """(epochs, examples): the shuffled examples of {group} epochs, which are drawn together."""
    random = np.random.default_rng({seed})
    return random.permuted(np.tile(np.arange(EXAMPLES), ({group}, 1)), axis=1)'''

BALANCED_ORDERS = '''\
@cache
def orders(group):
    """(epochs, examples): the examples of {group} epochs, drawn so that every class is seen equally often."""
    random, labels = np.random.default_rng({seed}), data()[1].ravel()
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    chosen = random.integers(0, len(members), size=({group}, EXAMPLES))
    order = np.empty_like(chosen)
    for label, examples in enumerate(members):
        where = chosen == label
        order[where] = examples[random.integers(0, len(examples), size=int(where.sum()))]
    return order'''

PAIRS = '''\
def pairs(labels, iteration, count):
    """The numbers of the examples of `count` pairs, all left ones, then all right ones. The first half of the pairs
    are of one class each, the others of two."""
    block, row = divmod(iteration, {rows})
    random = np.random.default_rng({seed})
    left = random.integers(0, len(labels), size=({rows}, count))[row]
    ranks = random.random(({rows}, count))[row]
    right = []
    for place, (example, rank) in enumerate(zip(left, ranks)):
        alike = place < (count + 1) // 2
        candidates = np.flatnonzero((labels == labels[example]) == alike)
        chosen = int(rank * len(candidates))
        if candidates[chosen] == example:  # a pair with itself teaches nothing: take the next one
            chosen = (chosen + 1) % len(candidates)
        right.append(candidates[chosen])
    return np.concatenate([left, right])


def batches():
    """The examples of one mini-batch of pairs after the other. In an epoch are as many as the examples form."""
    labels, iteration = data()[1], 0
    while True:
        for first in range(0, {last}, BATCH):
            yield pairs(labels, iteration, min(BATCH, PAIRS - first))
            iteration += 1'''

MOVED = '''\
def moved(images, iteration):
    """The images of a mini-batch, {words}, each by draws of its own."""
    height, width = {shape}
    block, row = divmod(iteration, {rows})
    random = np.random.default_rng({seed})
    draws = random.random(({rows}, len(images), 4))[row].T[..., None, None]
    right, down, angle = (2 * draws[0] - 1) * {shift}, (2 * draws[1] - 1) * {shift}, (2 * draws[2] - 1) * {angle}
    y, x = np.mgrid[:height, :width] - np.array([height - 1, width - 1])[:, None, None] / 2
    # Where each pixel comes from; beyond the edge the edge goes on.
    from_x = np.cos(angle) * x - np.sin(angle) * y + (width - 1) / 2 - right
    from_y = np.sin(angle) * x + np.cos(angle) * y + (height - 1) / 2 - down
{mirror}    from_x, from_y = np.clip(from_x, 0, width - 1), np.clip(from_y, 0, height - 1)
    left, top = from_x.astype(int), from_y.astype(int)
    next_x, next_y = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    part_x, part_y = from_x - left, from_y - top
    pixels, n = images.reshape(-1, height, width), np.arange(len(images))[:, None, None]
    upper = pixels[n, top, left] * (1 - part_x) + pixels[n, top, next_x] * part_x
    lower = pixels[n, next_y, left] * (1 - part_x) + pixels[n, next_y, next_x] * part_x
    return (upper * (1 - part_y) + lower * part_y).reshape(images.shape).astype(images.dtype)'''
MIRROR = "    from_x = np.where(draws[3] < 0.5, width - 1 - from_x, from_x)\n"

ALL_PAIRS = '''\
def loss_of_all(z, y):
    """The mean loss of all pairs of examples; those within a class and those across classes count half each."""
    left, right = np.triu_indices(len(y), 1)
    alike = np.asarray(y[left] == y[right])
    kinds = [np.concatenate([left[kind], right[kind]]) for kind in (alike, ~alike)]
    return sum(float(loss_of(z[kind], y[kind]){}) for kind in kinds) / 2'''
