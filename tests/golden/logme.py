#!/usr/bin/env python3
"""Values of LogME for LogMeTest, by NumPy: `tests/golden/logme.py`.

By the definition: the largest log-density of N(0, I / beta + F F^T / alpha) over alpha and beta, by a grid that is
refined. The fixed point of You et al., ICML 2021, algorithm 1, written with D x D matrices, is printed beside it:
where it converges to the maximum it agrees; with more features than examples it can end below.
"""
import numpy as np


def features(n, d, telling):
    """What LogMeTest makes too: sines, and with `telling` a column for each class."""
    i, k = np.meshgrid(np.arange(n), np.arange(d), indexing="ij")
    f = np.sin(0.7 * i * (k + 1) + 0.3 * k * k).astype(np.float32)
    labels = np.arange(n) % 3
    if telling:
        f[np.arange(n), labels] += np.float32(1.5)
    return f.astype(np.float64), labels


def density(f, y, alpha, beta):
    n = len(y)
    covariance = np.eye(n) / beta + f @ f.T / alpha
    sign, log = np.linalg.slogdet(covariance)
    assert sign > 0
    return -0.5 * (log + y @ np.linalg.solve(covariance, y) + n * np.log(2 * np.pi))


def by_definition(f, y):
    centre, width = np.array([0.0, 0.0]), 16.0
    while width > 1e-5:
        grid = [centre + width * np.array([i, j]) / 8 for i in range(-8, 9) for j in range(-8, 9)]
        values = [density(f, y, *np.exp(at)) for at in grid]
        centre, width = grid[int(np.argmax(values))], width * 0.7
    return max(values) / len(y)


def by_fixed_point(f, y):
    n, d = f.shape
    alpha = beta = 1.0
    for _ in range(1000):
        a = alpha * np.eye(d) + beta * f.T @ f
        m = beta * np.linalg.solve(a, f.T @ y)
        sigma = np.linalg.eigvalsh(f.T @ f)
        gamma = np.sum(beta * sigma / (alpha + beta * sigma))
        alpha, beta = gamma / (m @ m), (n - gamma) / np.sum((f @ m - y) ** 2)
    return density(f, y, alpha, beta) / n


for n, d, telling in ((30, 8, False), (30, 8, True), (12, 20, True)):
    f, labels = features(n, d, telling)
    targets = [(labels == c).astype(float) for c in range(3)]
    print(n, d, telling, *(f"{np.mean([how(f, y) for y in targets]):.8f}" for how in (by_definition, by_fixed_point)))
