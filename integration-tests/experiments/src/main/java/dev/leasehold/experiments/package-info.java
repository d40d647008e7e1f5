/**
 * Attacks on a running sidecar. What came of them is counted where it arrived, never by the sidecar
 * itself, and each count is shown to catch a proxy that has the fault.
 */
@NullMarked
package dev.leasehold.experiments;

import org.jspecify.annotations.NullMarked;
