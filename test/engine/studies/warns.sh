#!/bin/sh
# Two lines that cannot be read, and a metric that is no number.
echo "{'value': 1}"
echo "{'value': 2}"
echo '{"value": 1, "metrics": {"loss": "low"}}'
