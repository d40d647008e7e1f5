package dev.leasehold.broker.secret;

import java.util.Arrays;

/** A file whose text is a secret, as an editor or a shell leaves it. */
public final class SecretFile {
  private SecretFile() {}

  /** What stands in the file but for the line ends at its end; the file's own bytes are wiped. */
  public static byte[] withoutLineEnds(byte[] file) {
    int length = file.length;
    while (length > 0 && (file[length - 1] == '\n' || file[length - 1] == '\r')) {
      length--;
    }
    byte[] secret = Arrays.copyOf(file, length);
    Arrays.fill(file, (byte) 0);
    return secret;
  }
}
