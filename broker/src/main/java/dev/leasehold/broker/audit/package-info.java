/**
 * The audit log: what happens, as a chain of JSON lines that is written before the thing it tells
 * of may happen.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.audit;
