package dev.leasehold.broker.verify;

import dev.leasehold.broker.secret.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A file with a password in it, and perhaps one line end after it. */
final class PasswordFile {
  private PasswordFile() {}

  /**
   * Reads it anew; the caller destroys what it is given.
   *
   * @throws IOException when it cannot be read, or holds nothing
   */
  static SecretValue read(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    try {
      int length = content.length;
      if (length > 0 && content[length - 1] == '\n') {
        length--;
      }
      if (length > 0 && content[length - 1] == '\r') {
        length--;
      }
      if (length == 0) {
        throw new IOException("the password file is empty");
      }
      return SecretValue.takeOwnershipOf(Arrays.copyOf(content, length));
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }
}
