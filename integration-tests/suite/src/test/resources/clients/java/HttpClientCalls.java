import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.StringJoiner;

/** java.net.http.HttpClient. Arguments: base URL, file to upload. */
class HttpClientCalls {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().followRedirects(Redirect.NORMAL).build();

  public static void main(String[] args) throws Exception {
    String base = args[0];
    Path file = Path.of(args[1]);
    say("get", text(get(base + "/hello")));
    say("post", text(post(base + "/digest", BodyPublishers.ofFile(file))));
    // A stream of no known length is sent in chunks.
    BodyPublisher unknown = BodyPublishers.ofInputStream(() -> open(file));
    say("upload", text(post(base + "/digest", unknown)));

    StringJoiner seen = new StringJoiner(" ");
    var events = CLIENT.send(get(base + "/events"), BodyHandlers.ofLines());
    for (Iterator<String> lines = events.body().iterator(); lines.hasNext(); ) {
      String line = lines.next();
      if (line.startsWith("data: ")) {
        seen.add(line.substring(6));
        text(get(base + "/seen"));
      }
    }
    say("events", events.statusCode(), seen.toString());

    var download = CLIENT.send(get(base + "/blob"), BodyHandlers.ofInputStream());
    say("download", download.statusCode(), sha256(download.body()));
    say("refused", text(get(base + "/forbidden")));
    say("redirect", text(get(base + "/moved")));
  }

  private static HttpRequest get(String url) {
    return HttpRequest.newBuilder(URI.create(url)).build();
  }

  private static HttpRequest post(String url, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(url)).POST(body).build();
  }

  private static HttpResponse<String> text(HttpRequest request) throws Exception {
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  private static InputStream open(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (java.io.IOException absent) {
      throw new java.io.UncheckedIOException(absent);
    }
  }

  private static String sha256(InputStream in) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[65_536];
    for (int read; (read = in.read(buffer)) >= 0; ) {
      digest.update(buffer, 0, read);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void say(String exercise, HttpResponse<String> answer) {
    say(exercise, answer.statusCode(), answer.body());
  }

  private static void say(String exercise, int status, String saw) {
    String escaped = saw.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    System.out.printf(
        "{\"exercise\":\"%s\",\"status\":%d,\"saw\":\"%s\"}%n", exercise, status, escaped);
  }
}
