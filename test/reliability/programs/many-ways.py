# What programs print, one way for each trial.
import json, os, sys

trial = int(os.environ['FINESWEEP_TRIAL'])
x = json.loads(os.environ['FINESWEEP_PARAMS'])['x']
# What libraries take as a seed.
assert 0 <= int(os.environ['FINESWEEP_SEED']) < 2 ** 31


def out(line):
    print(line if isinstance(line, str) else json.dumps(line), flush=True)


if trial == 0:
    out({'step': 1, 'value': x})
    out({'step': 2, 'value': x + 1})
elif trial == 1:
    out({'step': 1, 'value': float('nan')})
elif trial == 2:
    out({'step': 1, 'value': x})
    sys.exit(3)
elif trial == 3:
    raise RuntimeError('CUDA out of memory')
elif trial == 4:
    sys.stdout.write('\r 10%|#\r 50%|##\r100%|### {"value": 5}\r')
    out({'value': x, 'step': 1})
elif trial == 5:
    out('INFO: {"step": 1, "value": 0.5}')
    out({'step': 1, 'value': x, 'metrics': {'f1': 0.5, 'note': 'hi', 'matrix': [1, 2]}, 'extra': 1})
elif trial == 6:
    out({'step': 5, 'value': x})
    out({'step': 3, 'value': x + 1})
    out({'step': 3, 'value': x + 2})
elif trial == 7:
    out({'step': 1, 'value': x, 'metrics': {'f1': float('nan'), 'best': float('-inf')}})
