#!/bin/sh
# After a slice: copies its results from OUT to the places where the next slice looks for them.
#
#   tools/demo-model/collect.sh OUT CARRIED
set -eu
out=$1 carried=$2
next="$carried/checkpoint.next"
rm -rf "$next"
mkdir -p "$next"
cp "$out"/checkpoint/* "$next/"
rm -rf "$carried/checkpoint.before"
[ -d "$carried/checkpoint" ] && mv "$carried/checkpoint" "$carried/checkpoint.before"
mv "$next" "$carried/checkpoint"
cp "$out/log.csv" "$out/settings.jsonl" "$carried/"
cat "$carried/checkpoint/progress.json"
