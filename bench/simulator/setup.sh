#!/usr/bin/env bash
# Installs what the simulator is measured against into a throw-away folder; nothing of it is a dependency of the project.
#   bench/simulator/setup.sh FOLDER
# nginx and wrk come from the system's packages; without node or java the peers that need them are left out of the run.
set -euo pipefail
folder=${1:?a folder to install into}
mkdir -p "$folder"
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && apt-get install -y -qq nginx-light wrk
fi
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'moto[server,s3]==5.2.5' 'fastapi==0.165.0' 'uvicorn==0.54.0' 'httptools==0.9.0'
if command -v npm >/dev/null; then
  (cd "$folder" && npm install --no-audit --no-fund --silent json-server@0.17.4 @stoplight/prism-cli@5.14.2 wiremock@3)
fi
