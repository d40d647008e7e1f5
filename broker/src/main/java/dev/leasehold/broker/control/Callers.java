package dev.leasehold.broker.control;

import dev.leasehold.broker.control.Caller.Identification;
import dev.leasehold.broker.secret.SecretFile;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The callers of one configuration, by their uids and by the SHA-256 of their tokens; an immutable
 * snapshot. Everything here denies unless an entry says otherwise.
 */
final class Callers {
  private static final int MIN_TOKEN = 32;
  private static final int MAX_TOKEN = 4096;
  // RFC 6750, section 2.1
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
  private static final String SCHEME = "bearer ";

  private record TokenCaller(Digest digest, Caller caller) {}

  private final Map<Integer, Caller> byUid;
  private final Map<String, Caller> bySvid;
  private final List<TokenCaller> byToken;
  private final JwtSvids svids;
  private final int ownUid;
  private final boolean unsafeSameUid;

  private Callers(
      Map<Integer, Caller> byUid,
      Map<String, Caller> bySvid,
      List<TokenCaller> byToken,
      JwtSvids svids,
      int ownUid,
      boolean unsafeSameUid) {
    this.byUid = Map.copyOf(byUid);
    this.bySvid = Map.copyOf(bySvid);
    this.svids = svids;
    this.byToken = List.copyOf(byToken);
    this.ownUid = ownUid;
    this.unsafeSameUid = unsafeSameUid;
  }

  /**
   * Reads the token files; blocks.
   *
   * @throws IOException when one cannot be read or holds no token of at least 32 characters
   */
  static Callers load(List<Caller> callers, JwtSvids svids, int ownUid, boolean unsafeSameUid)
      throws IOException {
    Map<Integer, Caller> byUid = new HashMap<>();
    Map<String, Caller> bySvid = new HashMap<>();
    List<TokenCaller> byToken = new ArrayList<>();
    for (Caller caller : callers) {
      switch (caller.who()) {
        case Identification.Uid(int uid) -> byUid.put(uid, caller);
        case Identification.Svid(String spiffeId) -> bySvid.put(spiffeId, caller);
        case Identification.TokenFile(Path file) ->
            byToken.add(new TokenCaller(digestOf(file), caller));
      }
    }
    return new Callers(byUid, bySvid, byToken, svids, ownUid, unsafeSameUid);
  }

  /** Whether any entry has this uid. */
  boolean knows(int uid) {
    return byUid.containsKey(uid);
  }

  /** Whether to tell who asks may take a question to the Workload API. */
  boolean mayBlock(@Nullable String authorization) {
    return !bySvid.isEmpty() && authorization != null && isSvid(bearer(authorization));
  }

  /** A JWT in its compact form; tokens of tasks have no dots. */
  static boolean isSvid(String token) {
    return token.chars().filter(c -> c == '.').count() == 2;
  }

  /**
   * Who asks on the socket: by the peer's uid, by a JWT-SVID, or by the token of a task. Blocks
   * where {@link #mayBlock} says so.
   *
   * @param peer the peer's uid; empty when it cannot be told
   * @param authorization the header's value, if there is one
   */
  Principal onSocket(Optional<Integer> peer, @Nullable String authorization, Tasks tasks) {
    if (peer.filter(uid -> uid == ownUid).isPresent() && !unsafeSameUid) {
      throw Refused.forbidden(
          "a caller with the sidecar's own uid could read its memory, and is not served",
          "control.callers",
          "give the agent a uid of its own, or set unsafe-same-uid");
    }
    if (authorization != null) {
      String token = bearer(authorization);
      return mayBlock(authorization)
          ? svidHolder(token, peer)
          : taskHolder(bytes(token), tasks, peer.map(byUid::get));
    }
    return peer.map(byUid::get)
        .<Principal>map(caller -> new Principal.Known(caller, peer))
        .orElseThrow(
            () ->
                new Refused(
                    Problem.UNAUTHORIZED,
                    Problem.UNAUTHORIZED.status(),
                    "no entry under control.callers has this uid",
                    "control.callers",
                    "an operator must add the uid"));
  }

  /**
   * Who asks on the loopback address: by the token of a caller or of a task, or by a JWT-SVID.
   * Blocks where {@link #mayBlock} says so.
   */
  Principal onAddress(@Nullable String authorization, Tasks tasks) {
    if (authorization == null) {
      throw new Refused(
          Problem.UNAUTHORIZED,
          Problem.UNAUTHORIZED.status(),
          "a bearer token is needed here",
          "control.callers",
          "send Authorization: Bearer with the content of the caller's token-file");
    }
    byte[] token = bytes(bearer(authorization));
    Digest digest = Digest.of(token);
    TokenCaller found = null;
    for (TokenCaller candidate : byToken) { // all of them, so that time tells nothing
      if (candidate.digest().equals(digest)) {
        found = candidate;
      }
    }
    if (found == null && mayBlock(authorization)) {
      return svidHolder(bearer(authorization), Optional.empty());
    }
    return found != null
        ? new Principal.Known(found.caller(), Optional.empty())
        : taskHolder(token, tasks, Optional.empty());
  }

  private static Principal taskHolder(byte[] token, Tasks tasks, Optional<Caller> peer) {
    Task found = null;
    for (Task task : tasks.all()) {
      if (task.isNamedBy(token)) {
        found = task;
      }
    }
    if (found == null) {
      throw new Refused(Problem.UNAUTHORIZED, "the token is not known");
    }
    return new Principal.TaskHolder(found, peer);
  }

  private Principal svidHolder(String token, Optional<Integer> peer) {
    return switch (svids.check(token)) {
      case JwtSvids.Answer.Subject(String id) when bySvid.containsKey(id) ->
          new Principal.Known(Objects.requireNonNull(bySvid.get(id)), peer);
      case JwtSvids.Answer.Subject(String id) ->
          throw new Refused(
              Problem.UNAUTHORIZED,
              Problem.UNAUTHORIZED.status(),
              "no entry under control.callers has this SPIFFE ID",
              "control.callers",
              "an operator must add it as svid");
      case JwtSvids.Answer.Invalid() ->
          throw new Refused(
              Problem.UNAUTHORIZED,
              Problem.UNAUTHORIZED.status(),
              "the JWT-SVID is not valid here",
              "control.callers",
              "its audience must be the sidecar's own SPIFFE ID, and its time not over");
      case JwtSvids.Answer.Unavailable(String why) ->
          throw new Refused(Problem.IDENTITY_UNAVAILABLE, why);
    };
  }

  private static byte[] bytes(String token) {
    return token.getBytes(StandardCharsets.US_ASCII);
  }

  /** The token of the header's value (RFC 6750 §2.1). */
  static String bearer(String authorization) {
    String token =
        authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            ? authorization.substring(SCHEME.length()).strip()
            : "";
    if (token.length() > MAX_TOKEN || !TOKEN.matcher(token).matches()) {
      throw new Refused(Problem.UNAUTHORIZED, "Authorization must be Bearer with a token");
    }
    return token;
  }

  private static Digest digestOf(Path file) throws IOException {
    if (Files.size(file) > MAX_TOKEN) {
      throw new IOException(file + " is too long for a token file");
    }
    byte[] content = Files.readAllBytes(file);
    byte[] token = new byte[0];
    try {
      token = SecretFile.withoutLineEnds(content);
      String text = new String(token, StandardCharsets.US_ASCII);
      if (token.length < MIN_TOKEN || !TOKEN.matcher(text).matches()) {
        throw new IOException(
            file + " must hold one token of at least " + MIN_TOKEN + " characters (RFC 6750)");
      }
      return Digest.of(token);
    } finally {
      Arrays.fill(content, (byte) 0);
      Arrays.fill(token, (byte) 0);
    }
  }
}
