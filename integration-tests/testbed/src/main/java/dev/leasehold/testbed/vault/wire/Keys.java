package dev.leasehold.testbed.vault.wire;

import java.util.List;

/** What Vault lists of a set of paths. */
public final class Keys {
  private Keys() {}

  /**
   * The next step below a folder: a name, or a name with a slash where more follows.
   *
   * @param folder with or without its trailing slash; empty for the top
   */
  public static List<String> below(String folder, List<String> paths) {
    String prefix = folder.isEmpty() || folder.endsWith("/") ? folder : folder + "/";
    return paths.stream()
        .filter(path -> path.startsWith(prefix))
        .map(path -> path.substring(prefix.length()))
        .map(rest -> rest.contains("/") ? rest.substring(0, rest.indexOf('/') + 1) : rest)
        .distinct()
        .sorted()
        .toList();
  }
}
