/** Where a call may go: targets, destinations, their rules and matchers. Pure. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.destination;
