#!/bin/sh
# Starts two more programs, one of them in a session of its own, and waits; notes whether its trial runs already.
other="$PIDS.$FINESWEEP_TRIAL"
if [ -e "$other" ] && grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$(cat "$other")/status"; then
  echo "$FINESWEEP_TRIAL" >> "$PIDS.twice"
fi
echo $$ > "$other"
sleep 60 & echo $! >> "$PIDS.$RUN"
setsid sleep 60 & echo $! >> "$PIDS.$RUN"
echo $$ >> "$PIDS.$RUN"
sleep "${WAIT:-0}"
echo "{\"value\": $1}"
