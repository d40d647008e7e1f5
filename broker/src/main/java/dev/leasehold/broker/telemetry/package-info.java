/**
 * Every metric name, label and log key, and the clock that deadlines are measured on, in one place.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.telemetry;
