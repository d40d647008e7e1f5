package dev.leasehold.broker.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One {@code call.decided} of a log that is read again.
 *
 * @param members of the line, by name; texts and numbers as texts
 */
public record PastDecision(Map<String, String> members) {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String TYPE = "\"type\":\"call.decided\"";

  public PastDecision {
    members = Map.copyOf(members);
  }

  /** Empty when the line does not have it. */
  public String text(String name) {
    return members.getOrDefault(name, "");
  }

  public boolean allowed() {
    return text("decision").equals("allow");
  }

  /**
   * Shows every decision of a file whose chain was verified; needs little memory whatever the
   * file's size. Blocks.
   */
  public static void read(Path file, Consumer<PastDecision> taker) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains(TYPE)) {
          taker.accept(new PastDecision(members(line)));
        }
      }
    }
  }

  private static Map<String, String> members(String line) throws IOException {
    Map<String, String> members = new LinkedHashMap<>();
    try (JsonParser parser = FACTORY.createParser(line)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        members.put(name, parser.getText());
      }
    }
    return members;
  }
}
