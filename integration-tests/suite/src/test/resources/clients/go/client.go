// net/http. Arguments: base URL, file to upload.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func say(exercise string, status int, saw string) {
	line := map[string]any{"exercise": exercise, "status": status, "saw": saw}
	fmt.Println(string(must(json.Marshal(line))))
}

func whole(exercise string, answer *http.Response) {
	defer answer.Body.Close()
	say(exercise, answer.StatusCode, string(must(io.ReadAll(answer.Body))))
}

func main() {
	base, body := os.Args[1], must(os.ReadFile(os.Args[2]))
	whole("get", must(http.Get(base+"/hello")))
	whole("post", must(http.Post(base+"/digest", "application/octet-stream", bytes.NewReader(body))))
	// A reader of no known length is sent in chunks.
	unknown := io.MultiReader(bytes.NewReader(body))
	whole("upload", must(http.Post(base+"/digest", "application/octet-stream", unknown)))

	answer := must(http.Get(base + "/events"))
	var seen []string
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
			seen = append(seen, data)
			must(http.Get(base + "/seen")).Body.Close()
		}
	}
	say("events", answer.StatusCode, strings.Join(seen, " "))

	answer = must(http.Get(base + "/blob"))
	digest := sha256.New()
	must(io.Copy(digest, answer.Body))
	say("download", answer.StatusCode, hex.EncodeToString(digest.Sum(nil)))

	whole("refused", must(http.Get(base+"/forbidden")))
	whole("redirect", must(http.Get(base+"/moved")))
}
