/** Where requests go: mounts, the paths of a backend, and the caller's right to use them. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.vault.mount;
