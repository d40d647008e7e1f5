/** Asks the places where credentials are used whether a revoked one is really gone there. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.verify;
