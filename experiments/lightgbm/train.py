"""Cross-validates LightGBM on scikit-learn's breast cancer data; the arguments are LightGBM's parameters."""
import argparse
import json

import lightgbm
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import StratifiedKFold, cross_validate

parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
parser.add_argument("--num_leaves", type=int)
parser.add_argument("--min_child_samples", type=int)
parser.add_argument("--reg_lambda", type=float)
parser.add_argument("--seed", type=int)
arguments = vars(parser.parse_args())
seed = arguments.pop("seed")

x, y = load_breast_cancer(return_X_y=True)
model = lightgbm.LGBMClassifier(n_estimators=60, n_jobs=1, verbose=-1, random_state=seed, **arguments)
folds = StratifiedKFold(5, shuffle=True, random_state=0)
scores = cross_validate(model, x, y, cv=folds, scoring=["neg_log_loss", "accuracy"])
print(json.dumps({
    "value": -scores["test_neg_log_loss"].mean(),
    "metrics": {"accuracy": scores["test_accuracy"].mean(), "deviation": scores["test_neg_log_loss"].std()},
}))
