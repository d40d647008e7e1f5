/** A Prometheus that scrapes one target. */
@NullMarked
package dev.leasehold.testbed.prometheus;

import org.jspecify.annotations.NullMarked;
