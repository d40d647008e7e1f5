package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a call failed, and whether Vault can have done anything of it.
 *
 * @param nothingDone true only when that is certain: then even a call that makes something new may
 *     be made again
 */
record Refusal(SecretStoreException error, boolean nothingDone) {

  /** Reads the status of an answer; empty for a success. */
  static Optional<Refusal> of(VaultRequest request, VaultAnswer answer) {
    if (answer.isSuccess()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (answer.status()) {
          case 403 -> refusal(Kind.DENIED, true, request, answer, "");
          case 412 -> refusal(Kind.UNAVAILABLE, true, request, answer, "it is not up to date yet");
          case 429 -> refusal(Kind.UNAVAILABLE, true, request, answer, "too many requests");
          case 472, 473 -> refusal(Kind.UNAVAILABLE, true, request, answer, NOT_ACTIVE);
          case 301, 302, 303, 307, 308 ->
              refusal(Kind.UNAVAILABLE, true, request, answer, NOT_ACTIVE);
          case 503 -> refusal(Kind.UNAVAILABLE, true, request, answer, "sealed or no active node");
          // From between us and Vault: the request may have gone through.
          case 502, 504 -> refusal(Kind.UNANSWERED, false, request, answer, "");
          default ->
              answer.status() >= 400 && answer.status() < 500
                  ? refusal(Kind.INVALID, true, request, answer, "")
                  : refusal(Kind.UNAVAILABLE, false, request, answer, "");
        });
  }

  private static final String NOT_ACTIVE =
      "a standby that does not forward: vault.address must lead to the active node";

  private static Refusal refusal(
      Kind kind, boolean nothingDone, VaultRequest request, VaultAnswer answer, String meaning) {
    StringBuilder message =
        new StringBuilder("Vault answered ").append(answer.status()).append(" to ").append(request);
    if (!meaning.isEmpty()) {
      message.append(" (").append(meaning).append(')');
    }
    String reason = answer.reason();
    if (!reason.isEmpty()) {
      message.append(": ").append(reason);
    }
    return new Refusal(
        new SecretStoreException(kind, message.toString(), answer.retryAfter().orElse(null), null),
        nothingDone);
  }

  /** Reads what kept a call from getting an answer. */
  static Refusal of(VaultRequest request, Throwable failure) {
    boolean notSent = notSent(failure);
    String message =
        notSent
            ? "Vault cannot be reached for " + request + ": "
            : "no answer of Vault to " + request + ": ";
    return new Refusal(
        new SecretStoreException(
            notSent ? Kind.UNAVAILABLE : Kind.UNANSWERED, message + words(failure), null, null),
        notSent);
  }

  /** A success whose body cannot be read: whatever it said was done. */
  static Refusal unreadable(VaultRequest request) {
    return new Refusal(
        new SecretStoreException(
            Kind.UNANSWERED, "Vault's answer to " + request + " is not readable JSON"),
        false);
  }

  /** The token was given up on our side. */
  static Refusal wiped(VaultRequest request) {
    return new Refusal(
        new SecretStoreException(Kind.NO_IDENTITY, "the token for " + request + " was given up"),
        true);
  }

  private static boolean notSent(Throwable failure) {
    for (@Nullable Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ConnectException
          || t instanceof HttpConnectTimeoutException
          || t instanceof UnresolvedAddressException
          || t instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  private static String words(Throwable failure) {
    String words = failure.getClass().getSimpleName();
    for (@Nullable Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof IOException || t instanceof UnresolvedAddressException) {
        String message = t.getMessage();
        words = t.getClass().getSimpleName() + (message == null ? "" : " " + message);
      }
    }
    return words.replaceAll("\\p{Cntrl}+", " ");
  }
}
