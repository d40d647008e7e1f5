import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.StringJoiner;

/** HttpURLConnection. Arguments: base URL, file to upload. */
class UrlConnectionCalls {
  public static void main(String[] args) throws Exception {
    String base = args[0];
    byte[] body = Files.readAllBytes(Path.of(args[1]));
    say("get", open(base + "/hello"));

    HttpURLConnection post = open(base + "/digest");
    post.setFixedLengthStreamingMode(body.length);
    say("post", sent(post, body));
    HttpURLConnection upload = open(base + "/digest");
    upload.setChunkedStreamingMode(8192);
    say("upload", sent(upload, body));

    StringJoiner seen = new StringJoiner(" ");
    HttpURLConnection events = open(base + "/events");
    var lines = new BufferedReader(new InputStreamReader(events.getInputStream()));
    for (String line; (line = lines.readLine()) != null; ) {
      if (line.startsWith("data: ")) {
        seen.add(line.substring(6));
        open(base + "/seen").getInputStream().readAllBytes();
      }
    }
    say("events", events.getResponseCode(), seen.toString());

    HttpURLConnection download = open(base + "/blob");
    say("download", download.getResponseCode(), sha256(download.getInputStream()));
    say("refused", open(base + "/forbidden"));
    say("redirect", open(base + "/moved"));
  }

  private static HttpURLConnection open(String url) throws Exception {
    return (HttpURLConnection) URI.create(url).toURL().openConnection();
  }

  private static HttpURLConnection sent(HttpURLConnection call, byte[] body) throws Exception {
    call.setDoOutput(true);
    call.getOutputStream().write(body);
    call.getOutputStream().close();
    return call;
  }

  private static String sha256(InputStream in) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[65_536];
    for (int read; (read = in.read(buffer)) >= 0; ) {
      digest.update(buffer, 0, read);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void say(String exercise, HttpURLConnection call) throws Exception {
    int status = call.getResponseCode();
    InputStream body = status < 400 ? call.getInputStream() : call.getErrorStream();
    say(exercise, status, new String(body.readAllBytes()));
  }

  private static void say(String exercise, int status, String saw) {
    String escaped = saw.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    System.out.printf(
        "{\"exercise\":\"%s\",\"status\":%d,\"saw\":\"%s\"}%n", exercise, status, escaped);
  }
}
