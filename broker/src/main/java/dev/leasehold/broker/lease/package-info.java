/** Leases of tasks: got, renewed and ended with proof; the journal that a crash is undone by. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.lease;
