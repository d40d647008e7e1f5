/** Delegation to agents behind other sidecars: signed grants, and the end that follows them. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.delegation;
