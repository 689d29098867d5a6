#!/bin/sh
# Starts two more programs, one of them in a session of its own, and waits.
echo "$FINESWEEP_TRIAL $FINESWEEP_ATTEMPT" >> "$STARTS"
sleep 60 & echo $! >> "$PIDS"
setsid sleep 60 & echo $! >> "$PIDS"
echo $$ >> "$PIDS"
sleep "${WAIT:-0}"
echo '{"value": 1}'
