package dev.leasehold.broker.redact;

import dev.leasehold.broker.lease.Lease;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The forms of some leases' secrets, made ready to be searched for all at once, and shared by all
 * calls that may need them. Counts its users as a {@link Lease} does: ending it refuses new ones,
 * and when the last one has left everything is wiped.
 *
 * <p>The search is Wu and Manber's (1994). A window as long as the shortest form is laid over the
 * text, and its last two bytes looked up in a table: it says how far the window may jump because no
 * form has these two bytes where they would have to be, or which forms have them just there and are
 * to be compared. The table has 4,096 places instead of one for each pair, so that it costs a task
 * four KiB: pairs that share a place can only make jumps shorter.
 */
final class PatternSet {
  private static final int ENDED = Integer.MIN_VALUE;
  private static final int PLACES = 4096;

  /** Added by {@link #match} when a longer form may stand there as well. */
  static final int OPEN = 1 << 30;

  /** So many bytes of a form's beginning, or half of a short form, are held even at a flush. */
  private static final int TELLING = 8;

  private final List<Lease> leases;
  private final byte[][] forms;
  private final int shortest;
  private final int longest;

  /** How far the window may jump; a negative number is one of {@link #candidates}, inverted. */
  private final byte[] jumps = new byte[PLACES];

  private final byte[][][] candidates;
  private final boolean[] begins = new boolean[256];

  /** The number of users, and {@link #ENDED} once no more may come. */
  private final AtomicInteger users = new AtomicInteger();

  /**
   * @param leases whose secrets these are
   * @param forms each once; belong to the set from here on
   */
  PatternSet(List<Lease> leases, byte[][] forms) {
    this.leases = List.copyOf(leases);
    this.forms = forms;
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (byte[] form : forms) {
      least = Math.min(least, form.length);
      most = Math.max(most, form.length);
      begins[form[0] & 0xff] = true;
    }
    this.shortest = least;
    this.longest = most;
    Arrays.fill(jumps, (byte) Math.min(least - 1, Byte.MAX_VALUE));
    this.candidates = new byte[Math.min(forms.length, -Byte.MIN_VALUE)][0][];
    int used = 0;
    for (byte[] form : forms) {
      for (int i = 0; i < shortest - 2; i++) {
        jump(place(form[i], form[i + 1]), shortest - 2 - i);
      }
    }
    for (byte[] form : forms) {
      int place = place(form[shortest - 2], form[shortest - 1]);
      if (jumps[place] >= 0) {
        jumps[place] = (byte) ~(used++ % candidates.length);
      }
      int list = ~jumps[place];
      candidates[list] = Arrays.copyOf(candidates[list], candidates[list].length + 1);
      candidates[list][candidates[list].length - 1] = form;
    }
  }

  private void jump(int place, int most) {
    jumps[place] = (byte) Math.min(jumps[place], most);
  }

  private static int place(byte one, byte next) {
    return (one << 5 ^ next) & PLACES - 1;
  }

  /** The forms of both, for a call that began with the one and needs the other as well. */
  static PatternSet join(PatternSet one, PatternSet other) {
    Forms forms = new Forms();
    forms.addForms(one.forms);
    forms.addForms(other.forms);
    List<Lease> leases = new ArrayList<>(one.leases);
    leases.addAll(other.leases);
    return new PatternSet(leases, forms.take());
  }

  boolean isEmpty() {
    return forms.length == 0;
  }

  /** Whether it has the secrets of all of these leases. */
  boolean covers(List<Lease> others) {
    return leases.containsAll(others);
  }

  List<Lease> leases() {
    return leases;
  }

  /** Bytes of the longest form: more than that needs nobody to remember. */
  int longest() {
    return longest;
  }

  /**
   * The first place from {@code at} on that has to be looked at closely. Nothing begins before it;
   * past {@code end} less the shortest form, only what goes on beyond {@code end} may.
   */
  int next(byte[] text, int at, int end) {
    byte[] table = jumps;
    int toLast = shortest - 1;
    int place = at + toLast;
    while (place < end) {
      int jump = table[(text[place - 1] << 5 ^ text[place]) & PLACES - 1];
      if (jump <= 0) {
        break;
      }
      place += jump;
    }
    return place - toLast;
  }

  /** Whether a whole form can stand at {@code at}. */
  boolean fits(int at, int end) {
    return at + shortest <= end;
  }

  /**
   * The length of the longest form that stands whole at {@code at}, where {@link #next} stopped and
   * one {@link #fits}; with {@link #OPEN} when the text ends within another one.
   */
  int match(byte[] text, int at, int end) {
    int list = ~jumps[place(text[at + shortest - 2], text[at + shortest - 1])];
    int longestMatch = 0;
    int open = 0;
    for (byte[] form : candidates[list]) {
      int length = Math.min(form.length, end - at);
      if (stands(form, text, at, length)) {
        if (length < form.length) {
          open = OPEN;
        } else {
          longestMatch = Math.max(longestMatch, length);
        }
      }
    }
    return longestMatch | open;
  }

  /** The first place from {@code at} on where the text ends within a form; else {@code end}. */
  int unfinished(byte[] text, int at, int end) {
    return unfinished(text, at, end, false);
  }

  /**
   * The same, but for beginnings that say little: a few bytes alone are everyday, and an agent that
   * waits for them must not wait for more.
   */
  int telling(byte[] text, int at, int end) {
    return unfinished(text, at, end, true);
  }

  private int unfinished(byte[] text, int from, int end, boolean telling) {
    for (int at = from; at < end; at++) {
      if (begins[text[at] & 0xff]) {
        int length = end - at;
        for (byte[] form : forms) {
          int least = telling ? Math.min(TELLING, form.length / 2) : 1;
          if (length >= least && length < form.length && stands(form, text, at, length)) {
            return at;
          }
        }
      }
    }
    return end;
  }

  private static boolean stands(byte[] form, byte[] text, int at, int length) {
    return form[0] == text[at] && Arrays.equals(form, 0, length, text, at, at + length);
  }

  /** False when it has ended. */
  boolean tryEnter() {
    int current = users.get();
    while (current >= 0) {
      if (users.compareAndSet(current, current + 1)) {
        return true;
      }
      current = users.get();
    }
    return false;
  }

  /** For a set that is one call's alone: wiped when that has left. */
  void enterOnly() {
    users.set(ENDED + 1);
  }

  void leave() {
    if (users.decrementAndGet() == ENDED) {
      wipe();
    }
  }

  /** Refuses new users from here on; idempotent. */
  void end() {
    if (users.getAndUpdate(count -> count | ENDED) == 0) {
      wipe();
    }
  }

  private void wipe() {
    for (byte[] form : forms) {
      Arrays.fill(form, (byte) 0);
    }
    Arrays.fill(jumps, (byte) 0);
    Arrays.fill(begins, false);
  }

  /** Whether nothing of the secrets is left. */
  boolean isWiped() {
    for (byte[] form : forms) {
      for (byte c : form) {
        if (c != 0) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return "PatternSet[" + forms.length + " forms]";
  }
}
