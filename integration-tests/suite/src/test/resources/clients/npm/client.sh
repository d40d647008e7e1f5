# npm. $1 is Node's folder, $2 the base URL.
set -eu
PATH="$1/bin:$PATH"
node "$1/lib/node_modules/npm/bin/npm-cli.js" install --silent --no-audit --no-fund \
  --registry "$2/npm/" leasehold-anvil
saw=$(node -p 'require("leasehold-anvil")')
printf '{"exercise":"own","status":200,"saw":"%s"}\n' "$saw"
