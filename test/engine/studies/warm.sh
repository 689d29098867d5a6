#!/bin/sh
# Counts epochs over all that it continues, in a file that a link leads to. It waits as the trials of held.ts do.
before=0
if [ -n "$FINESWEEP_CONTINUED" ]; then before=$(cat "$FINESWEEP_CONTINUED/run/latest") || exit 1; fi
total=$((before + FINESWEEP_EPOCHS))
mkdir "$FINESWEEP_DIR/run"
echo $total > "$FINESWEEP_DIR/run/epochs"
ln -s epochs "$FINESWEEP_DIR/run/latest"
if [ -n "$LARGE" ]; then truncate -s "$LARGE" "$FINESWEEP_DIR/run/large"; fi
if [ -n "$FINESWEEP_HOLD" ]; then
  while [ "$FINESWEEP_TRIAL" -ge "$(sed 's/-$//' "$FINESWEEP_HOLD/from" 2>/dev/null || echo 99)" ]; do
    touch "$FINESWEEP_HOLD/$FINESWEEP_TRIAL-$PPID"
    sleep 0.1
  done
fi
echo "{\"step\": $FINESWEEP_EPOCHS, \"value\": $1, \"total\": $total, \"stage\": ${#FINESWEEP_STAGE}, \"study\": ${#FINESWEEP_STUDY}}"
