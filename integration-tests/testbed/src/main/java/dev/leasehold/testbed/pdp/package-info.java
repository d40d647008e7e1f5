/** Policy decision points that are not ours: Open Policy Agent and Cerbos. */
@NullMarked
package dev.leasehold.testbed.pdp;

import org.jspecify.annotations.NullMarked;
