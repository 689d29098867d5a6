"""Optuna's TPE on the tables of a folder, one trial at a time and with 8 pending.

    python optuna_tables.py --tables FOLDER --seeds 20 --trials 64

Ordered axes are integers, the others categories. Prints one JSON object: for each table and setting, the best value after
16, 32, 64, 128 and 256 trials, a list over the seeds. Needs optuna and numpy.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import optuna

parser = argparse.ArgumentParser()
parser.add_argument("--tables", required=True)
parser.add_argument("--seeds", type=int, default=20)
parser.add_argument("--trials", type=int, default=64)
args = parser.parse_args()
optuna.logging.set_verbosity(optuna.logging.ERROR)
COUNTS = [count for count in (16, 32, 64, 128, 256) if count <= args.trials]


def place_of(trial, axis):
    last = len(axis["values"]) - 1
    if axis["kind"] == "ordered":
        return trial.suggest_int(axis["name"], 0, last)
    return trial.suggest_categorical(axis["name"], list(range(last + 1)))


def search(table, values, seed, pending):
    """The best value after each number of trials; each is asked for before the `pending` before it are told."""
    study = optuna.create_study(direction=table["direction"], sampler=optuna.samplers.TPESampler(seed=seed))
    best = min if table["direction"] == "minimize" else max
    asked, seen, bests = [], [], {}
    for number in range(args.trials):
        if len(asked) == pending:
            study.tell(*asked.pop(0))
        trial = study.ask()
        index = 0
        for axis in table["axes"]:
            index = index * len(axis["values"]) + place_of(trial, axis)
        asked.append((trial, float(values[index])))
        seen.append(float(values[index]))
        if number + 1 in COUNTS:
            bests[number + 1] = best(seen)
    return bests


results = {}
for path in sorted(Path(args.tables).glob("*.json")):
    if not path.with_suffix(".f32").exists():
        continue
    table = json.loads(path.read_text())
    values = np.fromfile(path.with_suffix(".f32"), dtype="<f4")
    results[table["name"]] = {}
    for setting, pending in (("Optuna TPE, one at a time", 1), ("Optuna TPE, 8 pending", 8)):
        runs = [search(table, values, seed, pending) for seed in range(args.seeds)]
        results[table["name"]][setting] = {count: [run[count] for run in runs] for count in COUNTS}
print(json.dumps(results))
