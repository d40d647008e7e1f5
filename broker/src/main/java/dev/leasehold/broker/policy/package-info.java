/** Rules; a decision is a grant or a denial. Pure. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.policy;
