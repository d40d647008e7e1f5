/** The commands that call a running sidecar's control API, and how they reach it. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.client;
