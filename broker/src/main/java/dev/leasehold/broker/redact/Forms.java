package dev.leasehold.broker.redact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Collects the forms in which secrets are searched for: as they are, in hex, in base64 wherever
 * they stand in what was encoded, and as they are {@linkplain Escaping escaped}. Bytes only, to be
 * wiped by whoever takes them.
 */
final class Forms {
  /** What is shorter is refused before it is used, and would be found everywhere. */
  static final int SHORTEST_SECRET = 8;

  private static final List<HexFormat> HEX =
      List.of(HexFormat.of(), HexFormat.of().withUpperCase());
  private static final List<Base64.Encoder> BASE64 =
      List.of(Base64.getEncoder().withoutPadding(), Base64.getUrlEncoder().withoutPadding());

  private final List<byte[]> forms = new ArrayList<>();

  /** Adds all forms of {@code secret}. */
  void addSecret(byte[] secret) {
    if (secret.length < SHORTEST_SECRET) {
      return;
    }
    addText(secret.clone());
    for (HexFormat hex : HEX) {
      add(hex(secret, hex));
    }
    for (Escaping everyByte : Escaping.EVERY_BYTE) {
      add(Objects.requireNonNull(everyByte.apply(secret)));
    }
    for (Base64.Encoder encoder : BASE64) {
      for (int before = 0; before < 3; before++) {
        addBase64(secret, before, encoder);
      }
    }
  }

  /** Adds what a secret was made into and what that is when it is escaped; takes the bytes over. */
  void addText(byte[] text) {
    for (Escaping escaping : Escaping.ALL) {
      byte[] escaped = escaping.apply(text);
      if (escaped != null) {
        add(escaped);
      }
    }
    add(text);
  }

  /**
   * What base64 shows of the secret alone when {@code before} bytes, or three or six more, stand in
   * front of it: a character at each end that holds bits of a neighbour as well is left out.
   */
  private void addBase64(byte[] secret, int before, Base64.Encoder encoder) {
    byte[] shifted = new byte[before + secret.length];
    System.arraycopy(secret, 0, shifted, before, secret.length);
    byte[] encoded = encoder.encode(shifted);
    int from = (before * 8 + 5) / 6;
    int to = shifted.length * 8 / 6;
    addText(Arrays.copyOfRange(encoded, from, to));
    if (before == 0) {
      addText(encoded); // where nothing follows, the last character is known too
    } else {
      Arrays.fill(encoded, (byte) 0);
    }
    Arrays.fill(shifted, (byte) 0);
  }

  private static byte[] hex(byte[] secret, HexFormat format) {
    byte[] out = new byte[secret.length * 2];
    for (int i = 0; i < secret.length; i++) {
      out[2 * i] = (byte) format.toHighHexDigit(secret[i]);
      out[2 * i + 1] = (byte) format.toLowHexDigit(secret[i]);
    }
    return out;
  }

  /** Adds copies of forms that are known already. */
  void addForms(byte[][] known) {
    for (byte[] form : known) {
      add(form.clone());
    }
  }

  private void add(byte[] form) {
    for (byte[] known : forms) {
      if (Arrays.equals(known, form)) {
        Arrays.fill(form, (byte) 0);
        return;
      }
    }
    forms.add(form);
  }

  /** All of them, each once; the caller wipes them. */
  byte[][] take() {
    byte[][] all = forms.toArray(byte[][]::new);
    forms.clear();
    return all;
  }
}
