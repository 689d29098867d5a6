#!/bin/sh
# A training that starts another program in its group. Some trials fail, one once, and one may outlive its time limit.
echo "$FINESWEEP_TRIAL $FINESWEEP_ATTEMPT" >> "$STARTS"
sleep 600 & echo $! >> "$PIDS"
echo $$ >> "$PIDS"
epoch=1
while [ $epoch -le "$FINESWEEP_EPOCHS" ]; do
  echo "{\"step\": $epoch, \"value\": $(($1 * 20 + epoch * (FINESWEEP_SEED % 997)))}"
  case "$FINESWEEP_TRIAL $epoch" in
    '5 2' | '16 1') exit 3 ;;
    '7 1') [ -e once ] || { touch once; exit 3; } ;;
    '3 3') [ "$HANGS" = 0 ] || sleep 600 ;;
  esac
  epoch=$((epoch + 1))
done
