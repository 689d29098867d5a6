#!/bin/sh
# Leaves a file that nobody may read.
echo 1 > "$FINESWEEP_DIR/model"
chmod 000 "$FINESWEEP_DIR/model"
echo "{\"value\": $1}"
