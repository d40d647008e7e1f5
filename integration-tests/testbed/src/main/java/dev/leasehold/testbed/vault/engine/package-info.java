/** The secret engines: stored values, and credentials made in real databases and brokers. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.vault.engine;
