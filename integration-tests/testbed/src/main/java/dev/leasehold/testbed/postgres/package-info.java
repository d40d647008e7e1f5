/** PostgreSQL as a test sees it, and the demo database in it. */
@NullMarked
package dev.leasehold.testbed.postgres;

import org.jspecify.annotations.NullMarked;
