package dev.leasehold.broker.destination;

import java.util.List;
import java.util.Optional;

/**
 * A path rule: literal segments, {@code *} for exactly one segment, a last {@code **} for the rest.
 */
public final class PathPattern {
  private final String text;
  private final List<String> segments;
  private final boolean openEnd;

  private PathPattern(String text, List<String> segments, boolean openEnd) {
    this.text = text;
    this.segments = segments;
    this.openEnd = openEnd;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  public static PathPattern parse(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with '/'");
    }
    boolean openEnd = text.endsWith("/**");
    String body = openEnd ? text.substring(0, text.length() - 3) : text;
    List<String> segments = body.isEmpty() ? List.of() : List.of(body.substring(1).split("/", -1));
    for (String segment : segments) {
      if (segment.contains("*") && !segment.equals("*")) {
        throw new IllegalArgumentException(
            "'*' stands for one whole segment and '**' for the rest, at the end only");
      }
    }
    // A rule is written in the same canonical form that requests are brought into.
    String sample = (openEnd ? body + "/x" : body).replace('*', 'x');
    if (!(CanonicalPath.parse(sample, true) instanceof CanonicalPath.Result.Canonical canonical)
        || !canonical.path().text().equals(sample)) {
      throw new IllegalArgumentException("not a canonical path");
    }
    return new PathPattern(text, segments, openEnd);
  }

  public boolean matches(CanonicalPath path) {
    List<String> given = path.segments();
    // "/a/**" is everything below /a, with "/a/" but without "/a" itself.
    if (openEnd ? given.size() <= segments.size() : given.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      String want = segments.get(i);
      boolean same = want.equals("*") ? !given.get(i).isEmpty() : want.equals(given.get(i));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether every path that {@code narrower} matches is matched by this one too; judged by the
   * segments, so that it may say no where a set of paths that nobody would write says yes.
   */
  public boolean covers(PathPattern narrower) {
    int own = segments.size();
    int other = narrower.segments.size();
    boolean longEnough =
        openEnd ? narrower.openEnd ? other >= own : other > own : !narrower.openEnd && other == own;
    if (!longEnough) {
      return false;
    }
    for (int i = 0; i < own; i++) {
      String want = segments.get(i);
      String given = narrower.segments.get(i);
      boolean same = want.equals("*") ? !given.isEmpty() : want.equals(given);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /**
   * What the segment must be, counted from 0; empty where it may be more than one text, or none.
   */
  public Optional<String> literal(int segment) {
    return segment < segments.size() && !segments.get(segment).equals("*")
        ? Optional.of(segments.get(segment))
        : Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathPattern that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
