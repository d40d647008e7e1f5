/**
 * Owns the promises that the testbed's Vault stand-in makes, held to by running each on the product
 * too: what differs is a bug in the stand-in.
 */
@NullMarked
package dev.leasehold.suite.contract;

import org.jspecify.annotations.NullMarked;
