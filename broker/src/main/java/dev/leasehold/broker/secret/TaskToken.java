package dev.leasehold.broker.secret;

/**
 * The store's token for one task. Only the store that made it can use {@code token}.
 *
 * @param accessor names the token to revoke and to prove it dead; not a secret, but 0600
 * @param generation the login generation above it
 * @param expiresAtNanos on the boot clock
 */
public record TaskToken(
    SecretValue token, String accessor, String generation, long expiresAtNanos) {}
