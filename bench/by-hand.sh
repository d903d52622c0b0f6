#!/usr/bin/env bash
# What a person does without paas to see a branch run: clone, install, build, start, wait for the first answer.
# usage: by-hand.sh <repository> <branch> <new folder> <port> <health path>
# Says `answers` when the app does, and ends it when standard input ends.
set -euo pipefail
repository=$1 branch=$2 folder=$3 port=$4 health=$5

git clone --quiet --branch "$branch" "$repository" "$folder"
cd "$folder"
npm ci --silent
npm run --silent build --if-present
# A process group of its own, so that npm's children end with it.
set -m
PORT=$port HOST=127.0.0.1 npm start --silent >/dev/null </dev/null &
app=$!
trap 'kill -- "-$app" 2>/dev/null || true' EXIT
until curl --silent --fail --output /dev/null "http://127.0.0.1:$port$health"; do
  kill -0 "$app" || exit 1
  sleep 0.02
done
echo answers
cat >/dev/null
