package dev.leasehold.broker.lease;

import java.time.Instant;

/**
 * A read that the store did not answer: it may have made a lease whose id nobody will ever learn.
 *
 * @param mayLiveUntil when even such a lease is over
 * @param overAtNanos the same on the boot clock
 */
record LostRead(Credential credential, long read, Instant mayLiveUntil, long overAtNanos) {}
