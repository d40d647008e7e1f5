/** A SPIFFE trust domain as a test sees it: registration entries and a Workload API socket. */
@NullMarked
package dev.leasehold.testbed.spiffe;

import org.jspecify.annotations.NullMarked;
