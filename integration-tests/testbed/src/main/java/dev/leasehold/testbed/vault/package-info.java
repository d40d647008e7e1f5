/** Vault as a test sees it, whichever way it runs, with the calls that it received. */
@NullMarked
package dev.leasehold.testbed.vault;

import org.jspecify.annotations.NullMarked;
