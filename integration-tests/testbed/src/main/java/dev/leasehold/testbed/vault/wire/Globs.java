package dev.leasehold.testbed.vault.wire;

import java.util.regex.Pattern;

/** Vault's two sorts of globs. */
public final class Globs {
  private Globs() {}

  /** A star at the start, the end or both; anywhere else it is a star. For policy parameters. */
  public static boolean edges(String glob, String value) {
    if (glob.length() < 2) {
      return glob.equals(value);
    }
    boolean before = glob.startsWith("*");
    boolean after = glob.endsWith("*");
    if (before && after) {
      return value.contains(glob.substring(1, glob.length() - 1));
    }
    if (before) {
      return value.endsWith(glob.substring(1));
    }
    return after ? value.startsWith(glob.substring(0, glob.length() - 1)) : glob.equals(value);
  }

  /** Stars anywhere, each for any run of characters, slashes included. For names in auth roles. */
  public static boolean anywhere(String glob, String value) {
    StringBuilder regex = new StringBuilder();
    for (String literal : glob.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(value).matches();
  }
}
