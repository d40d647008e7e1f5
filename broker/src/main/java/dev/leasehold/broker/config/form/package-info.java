/**
 * What a YAML document may look like: one table of keys from which reading, the JSON Schema and the
 * reference page are all made. Knows nothing of what the keys mean.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.config.form;
