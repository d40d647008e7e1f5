package dev.leasehold.testbed.vault.engine;

import dev.leasehold.testbed.vault.token.Secrets;
import dev.leasehold.testbed.vault.wire.Refusal;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * User names by a template. Of Go's templates only what such templates need: {@code {{…}}} around
 * {@code .DisplayName}, {@code .RoleName}, {@code random N}, {@code unix_time} or {@code uuid},
 * each with an optional {@code | truncate N}.
 */
record UserNames(String template) {
  private static final Pattern HOLE = Pattern.compile("\\{\\{\\s*(.*?)\\s*}}");
  private static final Pattern CALL =
      Pattern.compile(
          "(?<what>\\.DisplayName|\\.RoleName|unix_time|uuid|random\\s+(?<random>\\d+))"
              + "(?:\\s*\\|\\s*truncate\\s+(?<cut>\\d+))?");

  UserNames {
    for (MatchResult hole : HOLE.matcher(template).results().toList()) {
      if (!CALL.matcher(hole.group(1)).matches()) {
        throw Refusal.badRequest(
            "error creating database object: unable to initialize username template: "
                + "this stand-in does not know "
                + hole.group());
      }
    }
  }

  /** A fresh name of at most that length. */
  String make(String displayName, String roleName, int longest) {
    String name =
        HOLE.matcher(template).replaceAll(hole -> filled(hole.group(1), displayName, roleName));
    return name.substring(0, Math.min(name.length(), longest));
  }

  private static String filled(String call, String displayName, String roleName) {
    var parts = CALL.matcher(call);
    if (!parts.matches()) {
      throw new IllegalStateException("checked at construction: " + call);
    }
    String what = parts.group("what");
    String value =
        switch (what) {
          case ".DisplayName" -> displayName;
          case ".RoleName" -> roleName;
          case "unix_time" -> String.valueOf(Instant.now().getEpochSecond());
          case "uuid" -> UUID.randomUUID().toString();
          default -> Secrets.base62(Integer.parseInt(parts.group("random")));
        };
    String cut = parts.group("cut");
    return cut == null
        ? value
        : value.substring(0, Math.min(value.length(), Integer.parseInt(cut)));
  }
}
