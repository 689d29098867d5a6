"""Training steps of 3072-200-100-10 in NumPy as a tutorial writes them: float64, the input's gradient computed too.

    OPENBLAS_NUM_THREADS=1 python numpy_tutorial.py --batch 200 --seconds 5

Momentum, L2, a bias column. Prints one line of JSON: {"stepsPerSecond": ..., "version": ...}. Needs numpy.
"""
import argparse
import json
import time

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--batch", type=int, default=200)
parser.add_argument("--seconds", type=float, default=5.0)
args = parser.parse_args()

rng = np.random.default_rng(0)
images = rng.integers(0, 256, (10000, 3072)).astype(np.float64) - 127.3
images = np.hstack([images, np.ones((len(images), 1))])
labels = rng.integers(0, 10, len(images))
sizes = [3073, 200, 100, 10]
params = [[rng.standard_normal((a, b)) * np.sqrt(2 / 3073), np.zeros(b)] for a, b in zip(sizes, sizes[1:])]
velocities = [[np.zeros_like(w), np.zeros_like(b)] for w, b in params]
rate, mu, reg = 1e-5, 0.9, 1e-3


def step(x, y):
    caches, h = [], x
    for i, (w, b) in enumerate(params):
        z = h.dot(w) + b
        caches.append((h, z))
        h = np.maximum(0, z) if i < len(params) - 1 else z
    shifted = h - h.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean() + 0.5 * reg * sum((w * w).sum() for w, _ in params)
    dz = p
    dz[np.arange(len(y)), y] -= 1
    dz /= len(y)
    grads = [None] * len(params)
    for i in reversed(range(len(params))):
        h, _ = caches[i]
        w, _ = params[i]
        grads[i] = (h.T.dot(dz) + reg * w, dz.sum(axis=0))
        dh = dz.dot(w.T)
        if i > 0:
            dz = dh * (caches[i - 1][1] > 0)
    for pair, velocity, grad in zip(params, velocities, grads):
        for j in range(2):
            velocity[j] = mu * velocity[j] - rate * grad[j]
            pair[j] += velocity[j]
    return loss


def steps_for(seconds):
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        rows = rng.choice(len(images), args.batch)
        step(images[rows], labels[rows])
        steps += 1
    return steps / (time.perf_counter() - start)


steps_for(0.5)
print(json.dumps({"stepsPerSecond": steps_for(args.seconds), "version": f"NumPy {np.__version__} float64"}))
