#!/bin/sh
# Compiles a program with the given flags and prints its running time in microseconds, the best of three runs.
set -eu
cc "$@" -o "$FINESWEEP_DIR/sieve" sieve.c
best=
for run in 1 2 3; do
  took=$("$FINESWEEP_DIR/sieve")
  if [ -z "$best" ] || [ "$took" -lt "$best" ]; then best=$took; fi
done
echo "{\"value\": $best, \"bytes\": $(wc -c < "$FINESWEEP_DIR/sieve")}"
