package dev.leasehold.broker.secret;

import java.time.Duration;
import java.util.Optional;

/**
 * One secret as the store gave it. The receiver owns {@code fields} and wipes them.
 *
 * @param leaseId empty where the store keeps no lease (KV)
 * @param leaseDuration what the store claims; never trusted beyond the tokens above it
 * @param requestId the store's own id of the request, for its audit log
 */
public record IssuedSecret(
    SecretFields fields,
    Optional<String> leaseId,
    Duration leaseDuration,
    boolean renewable,
    String requestId) {}
