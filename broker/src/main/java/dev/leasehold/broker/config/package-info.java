/**
 * YAML in, every mistake at once with its path and line; assembles each package's own configuration
 * record.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.config;
