import java.io.BufferedReader;
import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.StringJoiner;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.Okio;

/** OkHttp. Arguments: base URL, file to upload. */
class OkHttpCalls {
  private static final OkHttpClient CLIENT = new OkHttpClient();

  public static void main(String[] args) throws Exception {
    String base = args[0];
    byte[] body = Files.readAllBytes(Path.of(args[1]));
    say("get", get(base + "/hello"));
    say("post", post(base + "/digest", RequestBody.create(body, null)));
    say("upload", post(base + "/digest", new Unknown(new File(args[1]))));

    StringJoiner seen = new StringJoiner(" ");
    try (Response events = get(base + "/events");
        BufferedReader lines = new BufferedReader(events.body().charStream())) {
      for (String line; (line = lines.readLine()) != null; ) {
        if (line.startsWith("data: ")) {
          seen.add(line.substring(6));
          get(base + "/seen").close();
        }
      }
      say("events", events.code(), seen.toString());
    }

    try (Response download = get(base + "/blob")) {
      say("download", download.code(), sha256(download.body().byteStream()));
    }
    say("refused", get(base + "/forbidden"));
    say("redirect", get(base + "/moved"));
    CLIENT.dispatcher().executorService().shutdown();
    CLIENT.connectionPool().evictAll();
  }

  /** A body that does not say how long it is. */
  private static final class Unknown extends RequestBody {
    private final File file;

    Unknown(File file) {
      this.file = file;
    }

    @Override
    public okhttp3.MediaType contentType() {
      return null;
    }

    @Override
    public void writeTo(BufferedSink sink) throws java.io.IOException {
      try (var source = Okio.source(file)) {
        sink.writeAll(source);
      }
    }
  }

  private static Response get(String url) throws Exception {
    return CLIENT.newCall(new Request.Builder().url(url).build()).execute();
  }

  private static Response post(String url, RequestBody body) throws Exception {
    return CLIENT.newCall(new Request.Builder().url(url).post(body).build()).execute();
  }

  private static String sha256(InputStream in) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[65_536];
    for (int read; (read = in.read(buffer)) >= 0; ) {
      digest.update(buffer, 0, read);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void say(String exercise, Response answer) throws Exception {
    try (answer) {
      say(exercise, answer.code(), answer.body().string());
    }
  }

  private static void say(String exercise, int status, String saw) {
    String escaped = saw.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    System.out.printf(
        "{\"exercise\":\"%s\",\"status\":%d,\"saw\":\"%s\"}%n", exercise, status, escaped);
  }
}
