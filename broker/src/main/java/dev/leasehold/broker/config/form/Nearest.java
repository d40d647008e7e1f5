package dev.leasehold.broker.config.form;

import java.util.Collection;
import java.util.List;

/** Finds what somebody probably meant. */
public final class Nearest {
  private Nearest() {}

  static String hint(String written, List<Key<?>> keys) {
    return hint(written, keys.stream().map(Key::name).toList());
  }

  /** {@code "; did you mean …?"}, or nothing when no name is near. */
  public static String hint(String written, Collection<String> names) {
    int allowed = Math.max(1, Math.min(3, written.length() / 3));
    String nearest = "";
    int least = allowed + 1;
    for (String name : names) {
      int distance = distance(written, name, least);
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return nearest.isEmpty() ? "" : "; did you mean " + nearest + "?";
  }

  /**
   * Levenshtein's distance in which two neighbours that changed places are one mistake; {@code
   * least} when it is not below that.
   */
  private static int distance(String a, String b, int least) {
    if (Math.abs(a.length() - b.length()) >= least) {
      return least;
    }
    int[] beforeThat = new int[b.length() + 1];
    int[] before = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int swap = before[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(swap, Math.min(before[j], row[j - 1]) + 1);
        if (haveChangedPlaces(a, i, b, j)) {
          row[j] = Math.min(row[j], beforeThat[j - 2] + 1);
        }
      }
      beforeThat = before;
      before = row;
    }
    return before[b.length()];
  }

  private static boolean haveChangedPlaces(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
