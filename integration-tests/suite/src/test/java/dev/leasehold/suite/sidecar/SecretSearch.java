package dev.leasehold.suite.sidecar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks for secrets in what anybody could read: as they are, in Base64 at each of its three
 * alignments, in hexadecimal and percent-encoded. Vault's tokens are known by their form.
 */
public final class SecretSearch {
  private static final Pattern VAULT_TOKEN = Pattern.compile("\\bhv[sbr]\\.[A-Za-z0-9_-]{20,}");
  private static final int SHORTEST = 8;

  private final Map<String, String> secrets = new ConcurrentHashMap<>();

  /**
   * @param name for the message; the secret itself is in none
   */
  public void know(String name, String secret) {
    if (secret.length() < SHORTEST) {
      throw new IllegalArgumentException("too short to be looked for: " + name);
    }
    secrets.put(name, secret);
  }

  /** How many are known. */
  int size() {
    return secrets.size();
  }

  void assertAbsentFrom(Path file) throws IOException {
    search(file.toString(), Files.readAllBytes(file));
  }

  /**
   * @throws AssertionError naming where which secret stands in which form
   */
  public void assertAbsentFrom(String where, String text) {
    search(where, text.getBytes(UTF_8));
  }

  private void search(String where, byte[] bytes) {
    String text = new String(bytes, ISO_8859_1); // each byte as the character of its number
    Matcher token = VAULT_TOKEN.matcher(text);
    if (token.find()) {
      throw new AssertionError("a token of Vault stands in " + where);
    }
    String lower = text.toLowerCase(Locale.ROOT);
    secrets.forEach(
        (name, secret) ->
            forms(secret)
                .forEach(
                    (form, written) -> {
                      if (lower.contains(written.toLowerCase(Locale.ROOT))) {
                        throw new AssertionError(name + " stands in " + where + ", " + form);
                      }
                    }));
  }

  /** The ways in which a secret could be written, by name. */
  static Map<String, String> forms(String secret) {
    byte[] bytes = secret.getBytes(UTF_8);
    Map<String, String> forms = new LinkedHashMap<>();
    forms.put("as it is", new String(bytes, ISO_8859_1));
    for (int shift = 0; shift < 3; shift++) {
      // The first and last characters depend on the neighbours; what is between does not.
      byte[] shifted = new byte[bytes.length + shift];
      System.arraycopy(bytes, 0, shifted, shift, bytes.length);
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      String core = encoded.substring(shift == 0 ? 0 : shift + 1, encoded.length() - 1);
      forms.put("in Base64 (" + shift + ")", core);
      forms.put("in URL-safe Base64 (" + shift + ")", core.replace('+', '-').replace('/', '_'));
    }
    forms.put("in hexadecimal", HexFormat.of().formatHex(bytes));
    StringBuilder percent = new StringBuilder();
    for (byte one : bytes) {
      percent.append('%').append(HexFormat.of().toHexDigits(one));
    }
    forms.put("percent-encoded", percent.toString());
    forms.put("percent-encoded where needed", URLEncoder.encode(secret, UTF_8));
    return forms;
  }
}
