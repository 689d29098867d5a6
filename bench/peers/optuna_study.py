"""A search for the best network of CIFAR-10 with Optuna driving PyTorch, in several processes that share one study.

    python optuna_study.py --data FOLDER --sampler tpe|hyperband --seconds 150 --workers 2 --seed 1

FOLDER holds CIFAR-10's binary layout. The network, the ranges, the split (the first 40,000 training images, the next
5,000 for validation, the first 5,000 test images) and the epochs are those of experiments/cifar10-tonight.yaml.
`tpe` trains every trial for all 12 epochs; `hyperband` prunes between 1 and 12. Prints one line of JSON for each new
best validation accuracy: {"seconds": ..., "valid": ..., "test": ...}; the test accuracy is looked at for the benchmark
alone. Needs torch and optuna.
"""
import argparse
import json
import multiprocessing
import os
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--sampler", choices=["tpe", "hyperband"], required=True)
parser.add_argument("--seconds", type=float, default=150)
parser.add_argument("--workers", type=int, default=2)
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()
EPOCHS = 12


def read(names, count):
    import numpy as np

    rows = np.concatenate([np.fromfile(os.path.join(args.data, name), dtype=np.uint8) for name in names])
    rows = rows.reshape(-1, 3073)[:count]
    return rows[:, 1:], rows[:, 0].astype("int64")


def work(worker, journal, start, queue):
    import numpy as np
    import optuna
    import torch
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend
    from torch import nn

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    torch.set_num_threads(1)
    images, labels = read([f"data_batch_{i}.bin" for i in range(1, 6)], 45000)
    test_images, test_labels = read(["test_batch.bin"], 5000)
    mean = torch.from_numpy(images[:40000].mean(axis=0, dtype=np.float64).astype("float32"))
    part = lambda x, y: (torch.from_numpy(x.astype("float32")) - mean, torch.from_numpy(y))
    train_x, train_y = part(images[:40000], labels[:40000])
    valid_x, valid_y = part(images[40000:], labels[40000:])
    test_x, test_y = part(test_images, test_labels)

    def accuracy(model, x, y):
        model.eval()
        with torch.no_grad():
            return (model(x).argmax(1) == y).float().mean().item()

    def objective(trial):
        rate = trial.suggest_float("learningRate", 1e-6, 10, log=True)
        reg = trial.suggest_float("reg", 1e-5, 1e5, log=True)
        dropout = trial.suggest_float("dropout", 0, 0.95)
        torch.manual_seed(args.seed * 100003 + trial.number)
        layers, width = [], 3072
        for units in (200, 100):
            layers += [nn.Linear(width, units), nn.BatchNorm1d(units), nn.ReLU(), nn.Dropout(dropout)]
            width = units
        model = nn.Sequential(*layers, nn.Linear(width, 10))
        weights = [p for p in model.parameters() if p.dim() == 2]
        others = [p for p in model.parameters() if p.dim() != 2]
        optimizer = torch.optim.SGD(
            [{"params": weights, "weight_decay": reg}, {"params": others, "weight_decay": 0}],
            lr=rate, momentum=0.9, nesterov=True,
        )
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
        loss_of = nn.CrossEntropyLoss()
        best = 0.0
        for epoch in range(EPOCHS):
            model.train()
            for rows in torch.randperm(len(train_x)).split(200):
                optimizer.zero_grad()
                loss = loss_of(model(train_x[rows]), train_y[rows])
                if not torch.isfinite(loss):
                    raise optuna.TrialPruned()
                loss.backward()
                optimizer.step()
                if time.time() - start > args.seconds:
                    trial.study.stop()
                    raise optuna.TrialPruned()
            schedule.step()
            value = accuracy(model, valid_x, valid_y)
            if value > best:
                best = value
                queue.put((time.time() - start, value, accuracy(model, test_x, test_y)))
            trial.report(value, epoch + 1)
            if trial.should_prune():
                raise optuna.TrialPruned()
        return best

    pruner = (
        optuna.pruners.HyperbandPruner(min_resource=1, max_resource=EPOCHS, reduction_factor=3)
        if args.sampler == "hyperband"
        else optuna.pruners.NopPruner()
    )
    study = optuna.create_study(
        study_name="peer",
        storage=JournalStorage(JournalFileBackend(journal)),
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=args.seed * 1000 + worker),
        pruner=pruner,
        load_if_exists=True,
    )
    study.optimize(objective, timeout=args.seconds - (time.time() - start), catch=())
    queue.put(None)


if __name__ == "__main__":
    start = time.time()
    queue = multiprocessing.Queue()
    with tempfile.TemporaryDirectory() as folder:
        journal = os.path.join(folder, "journal.log")
        processes = [
            multiprocessing.Process(target=work, args=(k, journal, start, queue)) for k in range(args.workers)
        ]
        for process in processes:
            process.start()
        best, running = 0.0, args.workers
        while running > 0:
            found = queue.get()
            if found is None:
                running -= 1
            elif found[1] > best:
                best = found[1]
                print(json.dumps({"seconds": found[0], "valid": found[1], "test": found[2]}), flush=True)
        for process in processes:
            process.join()
