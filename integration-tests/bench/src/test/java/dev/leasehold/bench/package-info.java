/** That the figures mean what their table says. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.bench;
