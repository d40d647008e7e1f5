# wget. $1 is the base URL, $2 the file to upload. It has no chunked uploads.
set -eu
say() {
  printf '{"exercise":"%s","status":%s,"saw":"%s"}\n' "$1" "$2" \
    "$(printf %s "$3" | tr -d '\n' | sed 's/[\\"]/\\&/g')"
}
call() {
  exercise=$1
  shift
  body=$(wget --tries 1 --server-response --content-on-error -O - -o log "$@") || true
  say "$exercise" "$(sed -n 's/^ *HTTP\/1.1 \([0-9]*\).*/\1/p' log | tail -n 1)" "$body"
}
events() {
  saw=
  while IFS= read -r line; do
    case $line in
      data:*)
        saw="$saw${saw:+ }${line#data: }"
        wget -q -O /dev/null "$1/seen"
        ;;
    esac
  done
  printf %s "$saw"
}
call get "$1/hello"
call post --post-file "$2" "$1/digest"
say events 200 "$(wget -q -O - "$1/events" | events "$1")"
say download 200 "$(wget -q -O - "$1/blob" | sha256sum | cut -c 1-64)"
call refused "$1/forbidden"
call redirect "$1/moved"
cat log >&2
