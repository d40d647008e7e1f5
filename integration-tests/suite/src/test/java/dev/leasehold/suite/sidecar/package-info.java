/** Promises of the whole sidecar, run as its users run it, against the whole trust domain. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.suite.sidecar;
