/** Health, readiness and metrics for probes and scrapers; read only. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.admin;
