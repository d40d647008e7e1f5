/** Checks of the project itself: layering, cycles, formatting, documentation. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.house;
