"""Loads weights that `graft convert MODEL OUT --like ORIGINAL` wrote into the original model.

    python3 tests/golden/keras_weights_back.py ORIGINAL.h5 OUT.h5
    python3 tests/golden/keras_weights_back.py ORIGINAL.keras OUT.weights.h5
    python3 tests/golden/keras_weights_back.py ORIGINAL.keras OUT.keras

In Keras itself, lists both in order and by name; says how many arrays changed, and fails where one cannot be
loaded. Needs Keras with any backend.
"""

import sys

import keras
import numpy as np


def main(original, weights):
    model = keras.models.load_model(original, compile=False)
    before = [np.array(w) for w in model.get_weights()]
    if weights.endswith(".keras"):
        model = keras.models.load_model(weights)
    else:
        model.load_weights(weights)
    ordered = [np.array(w) for w in model.get_weights()]
    if not weights.endswith((".keras", ".weights.h5")):
        model.set_weights(before)
        model.load_weights(weights, by_name=True)
        for one, other in zip(ordered, model.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
    changed = sum(not np.array_equal(a, b) for a, b in zip(before, ordered, strict=True))
    print(f"{len(ordered)} arrays loaded, {changed} of them differ from the original")


if __name__ == "__main__":
    main(*sys.argv[1:])
