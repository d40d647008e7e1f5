/** The {@code sys} paths: health, mounts, policies, leases. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.vault.sys;
