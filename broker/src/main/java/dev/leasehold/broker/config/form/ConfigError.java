package dev.leasehold.broker.config.form;

/**
 * One thing that is wrong, or suspicious, in a configuration.
 *
 * @param path the key, such as {@code tasks.restock.ttl}; empty for the document as a whole
 * @param line in the file, from 1
 * @param message for the person who wrote it; never a value that could be a secret
 */
public record ConfigError(String path, int line, String message) {
  private static final int LONGEST = 400;

  public ConfigError {
    path = printable(path);
    message = printable(message);
  }

  // Keys are written by people and end up on terminals and in logs.
  private static String printable(String text) {
    String shorter = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return shorter.replaceAll("\\p{Cntrl}", "?");
  }

  /** The form in which people see it. */
  @Override
  public String toString() {
    return (path.isEmpty() ? "the file" : path) + " (line " + line + "): " + message;
  }
}
