# pip. $1 is the Python whose pip it is, $2 the base URL.
set -eu
"$1" -m pip install -q --disable-pip-version-check --no-cache-dir --index-url "$2/pip/simple/" \
  --target installed leasehold-anvil
saw=$(PYTHONPATH=installed "$1" -c 'import leasehold_anvil; print(leasehold_anvil.GREETING)')
printf '{"exercise":"own","status":200,"saw":"%s"}\n' "$saw"
