package dev.leasehold.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What this build is.
 *
 * @param revision of the source; {@code unknown} where the build was not told
 */
record Version(String number, String revision) {
  static Version current() {
    try (InputStream file = Version.class.getResourceAsStream("version.properties")) {
      if (file == null) {
        throw new IllegalStateException("version.properties is missing in this build");
      }
      Properties properties = new Properties();
      properties.load(file);
      return new Version(properties.getProperty("version"), properties.getProperty("revision"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
