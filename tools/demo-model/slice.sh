#!/bin/sh
# One slice of training on a machine with a GPU and no network: goes on from the newest checkpoint in CARRIED, trains for
# MINUTES, and leaves a checkpoint, the log and a held-out table in OUT, each file at most 15 MiB.
#
#   tools/demo-model/slice.sh CARRIED OUT [MINUTES] [further arguments of train.py]
#
# CARRIED (need not exist for the first slice): fonts/ and photos/ (.cache/fonts and .cache/photos of the machine where
# fonts.sh and photos.sh ran), checkpoint/ (state.NN and progress.json) and log.csv of the slice before.
# OUT gets progress.json, state.NN, log.csv, settings.jsonl, report.txt: copy them to CARRIED/checkpoint and CARRIED for
# the next slice (collect.sh does it).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
carried=$1 out=$2 minutes=${3:-8.5}
[ $# -ge 3 ] && shift 3 || shift $#
run=$(mktemp -d)
mkdir -p "$out" "$here/.cache"
for folder in fonts photos; do
  [ -d "$carried/$folder" ] && [ "$carried/$folder" != "$here/.cache/$folder" ] && cp -r "$carried/$folder" "$here/.cache/"
done
[ -f "$carried/checkpoint/progress.json" ] && cp -r "$carried/checkpoint" "$run/checkpoint"
[ -f "$carried/log.csv" ] && cp "$carried/log.csv" "$run/log.csv"
[ -f "$carried/settings.jsonl" ] && cp "$carried/settings.jsonl" "$run/settings.jsonl"
# Rendered batches travel through shared memory; make room where that is allowed.
mount -o remount,size=24G /dev/shm 2>/dev/null || true
df -h /dev/shm | tail -1
nproc
export PYTHONUNBUFFERED=1 TOKENIZERS_PARALLELISM=false OMP_NUM_THREADS=2 PYTHONPATH="$here"
cd "$here"
python3 train.py --run "$run" --minutes "$minutes" --save-every 2.5 "$@" 2>&1 | tee "$out/report.txt" || echo 'training ended with an error' | tee -a "$out/report.txt"
cp "$run/log.csv" "$run/settings.jsonl" "$out/" 2>/dev/null || true
cp "$run"/checkpoint/* "$out/"
ls -l "$out"
