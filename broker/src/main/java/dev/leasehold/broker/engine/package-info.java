/** Policy engines beside the built-in rules, as they are asked over HTTP. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.engine;
