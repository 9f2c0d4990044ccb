#!/usr/bin/env bash
# Builds the image, starts it with docker compose, translates, stops it with SIGTERM and checks the exit code.
# Needs docker with compose, and curl. RNNSERVE_PORT chooses the port (18088).
set -euo pipefail
cd "$(dirname "$0")/.."
export RNNSERVE_PORT=${RNNSERVE_PORT:-18088} COMPOSE_PROJECT_NAME=rnnserve-container-test
url=http://127.0.0.1:$RNNSERVE_PORT

fail() {
  echo "container test: FAILED: $*" >&2
  docker compose logs --tail 30 >&2 || true
  exit 1
}
trap 'docker compose down --timeout 10 >/dev/null 2>&1 || true' EXIT

docker compose build --quiet || fail 'the image does not build'
docker compose up --detach --wait --wait-timeout 120 || fail 'the container does not become healthy'
container=$(docker compose ps --quiet rnnserve)
[ "$(docker inspect --format '{{.State.Health.Status}}' "$container")" = healthy ] || fail 'the container is not healthy'
[ "$(docker inspect --format '{{.Config.User}}' "$container")" != '' ] || fail 'the container runs as root'

model=$(curl -fsS "$url/v1/models" | sed -n 's/.*"name":"\([^"]*\)".*"task":"translate".*/\1/p')
[ -n "$model" ] || fail 'no translation model is listed'
answer=$(curl -fsS "$url/v1/translate" -H 'Content-Type: application/json' \
  -d "{\"text\":\"A dog runs through the grass.\",\"model\":\"$model\"}") || fail 'the translation is refused'
case $answer in *'"translations":[{"text":'*) ;; *) fail "the answer has no translation: $answer" ;; esac
echo "$answer"

docker compose stop --timeout 30
code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
[ "$code" = 0 ] || fail "SIGTERM ended it with exit code $code"
echo "container test: ok: built, healthy, translated with $model, stopped with exit code 0"
