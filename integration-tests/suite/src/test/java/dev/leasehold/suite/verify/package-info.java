/** The verifiers against the servers that they ask. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.suite.verify;
