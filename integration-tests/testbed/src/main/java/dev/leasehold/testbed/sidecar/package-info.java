/** Leasehold itself, as its users run it: the distribution's program in processes of its own. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.sidecar;
