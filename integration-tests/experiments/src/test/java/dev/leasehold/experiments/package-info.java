/** That the experiments count what they say. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.experiments;
