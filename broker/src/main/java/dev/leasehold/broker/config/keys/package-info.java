/**
 * The key table: every key of the configuration, what may stand there, its default, its meaning.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.config.keys;
