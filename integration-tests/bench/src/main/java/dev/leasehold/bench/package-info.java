/**
 * Benchmarks: Leasehold beside a peer that does the same work on the same cores in the same run.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.bench;
