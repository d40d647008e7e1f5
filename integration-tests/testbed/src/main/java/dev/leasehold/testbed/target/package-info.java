/**
 * Upstreams that a call ends at: one that asks the database who calls, one that records exact
 * bytes.
 */
@NullMarked
package dev.leasehold.testbed.target;

import org.jspecify.annotations.NullMarked;
