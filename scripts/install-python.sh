#!/bin/sh
# Puts the Python packages that the tests and examples of Python clients need into .python/, where they look for them.
set -eu
cd "$(dirname "$0")/.."
wanted=test/support/openai-python/requirements.txt
cmp -s "$wanted" .python/installed.txt && exit 0
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  command -v apt-get >/dev/null || { echo 'Python 3 with its module venv is needed' >&2; exit 1; }
  apt-get update -qq && apt-get install -y -qq python3 python3-venv >/dev/null
fi
python3 -m venv --clear .python
# An index that cannot be reached is not worth waiting for: where there is none, there are wheels.
PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_RETRIES=1 .python/bin/python -m pip install --quiet --requirement "$wanted" 2>.python/pip.log || { cat .python/pip.log >&2; exit 1; }
cp "$wanted" .python/installed.txt
