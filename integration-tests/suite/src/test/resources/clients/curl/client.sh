# curl. $1 is the base URL, $2 the file to upload.
set -eu
say() {
  printf '{"exercise":"%s","status":%s,"saw":"%s"}\n' "$1" "$2" \
    "$(printf %s "$3" | tr -d '\n' | sed 's/[\\"]/\\&/g')"
}
call() {
  exercise=$1
  shift
  answer=$(curl -sS -w '\n%{http_code}' "$@")
  say "$exercise" "$(printf %s "$answer" | tail -n 1)" "$(printf %s "$answer" | sed '$d')"
}
call get "$1/hello"
call post --data-binary "@$2" "$1/digest"
call upload -X POST -H 'Transfer-Encoding: chunked' --data-binary "@$2" "$1/digest"
events() {
  saw=
  while IFS= read -r line; do
    case $line in
      data:*)
        saw="$saw${saw:+ }${line#data: }"
        curl -sS "$1/seen" > /dev/null
        ;;
    esac
  done
  printf %s "$saw"
}
say events 200 "$(curl -sSN --fail "$1/events" | events "$1")"
say download 200 "$(curl -sS --fail "$1/blob" | sha256sum | cut -c 1-64)"
call refused "$1/forbidden"
call redirect -L "$1/moved"
