package dev.leasehold.broker.control;

import dev.leasehold.broker.task.AgentProof;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One entry under {@code control.callers}: how a caller is known, whose agent it is, what it may.
 *
 * @param who how it is known
 * @param agent the identity of the agent whose tasks it opens; never taken from a request
 * @param may its rights
 * @param kinds the kinds that {@link Right#OPEN} is for
 */
public record Caller(
    Identification who, Optional<String> agent, Set<Right> may, Set<String> kinds) {
  /** How a caller is known. */
  public sealed interface Identification {
    /** By the peer's uid on the socket. */
    record Uid(int uid) implements Identification {
      public Uid {
        if (uid < 0) {
          throw new IllegalArgumentException("uid must not be negative");
        }
      }
    }

    /** By a JWT-SVID for the sidecar, on either listener. */
    record Svid(String spiffeId) implements Identification {}

    /** By a bearer token on the loopback address; the file holds the token. */
    record TokenFile(Path file) implements Identification {}
  }

  /** What a caller may do. */
  public enum Right {
    /** Open the listed kinds for the named agent; see and end its own tasks. */
    OPEN,
    /** Everything. */
    OPERATE;

    /** The word of the configuration. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Caller {
    may = Set.copyOf(may);
    kinds = Set.copyOf(kinds);
    if (may.isEmpty()) {
      throw new IllegalArgumentException("a caller without rights is no caller");
    }
    if (may.contains(Right.OPEN) && agent.isEmpty()) {
      throw new IllegalArgumentException("a caller that may open needs an agent");
    }
    if (may.contains(Right.OPEN) && !may.contains(Right.OPERATE) && kinds.isEmpty()) {
      throw new IllegalArgumentException("a caller that may open needs kinds");
    }
  }

  public boolean isKnownByUid() {
    return who instanceof Identification.Uid;
  }

  public boolean isKnownByTokenFile() {
    return who instanceof Identification.TokenFile;
  }

  boolean mayOperate() {
    return may.contains(Right.OPERATE);
  }

  /** Whether it may open tasks of that kind, as far as its own entry says. */
  boolean mayOpen(String kind) {
    return mayOperate() || may.contains(Right.OPEN) && kinds.contains(kind);
  }

  /** The name under which its tasks are its own; no secret. */
  String owner() {
    return switch (who) {
      case Identification.Uid(int uid) -> "uid:" + uid;
      case Identification.Svid(String spiffeId) -> "svid:" + spiffeId;
      case Identification.TokenFile(Path file) -> "token:" + file;
    };
  }

  AgentProof agentProof() {
    return switch (who) {
      case Identification.Uid uid -> AgentProof.UID;
      case Identification.Svid svid -> AgentProof.SVID;
      case Identification.TokenFile file -> AgentProof.TOKEN;
    };
  }

  /** The uid by which it is known, if it is. */
  Optional<Integer> uid() {
    return who instanceof Identification.Uid(int uid) ? Optional.of(uid) : Optional.empty();
  }
}
