/**
 * What the system knows of this process and of its socket files, and the event loops that it runs
 * on.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.local;
