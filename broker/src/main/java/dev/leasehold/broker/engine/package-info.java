/** Policy engines beside the built-in rules, over HTTP and within this process; expressions. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.engine;
