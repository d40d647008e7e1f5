/**
 * A whole trust domain on one machine: starts the chosen servers, sets them up, and takes them
 * down.
 */
@NullMarked
package dev.leasehold.testbed;

import org.jspecify.annotations.NullMarked;
