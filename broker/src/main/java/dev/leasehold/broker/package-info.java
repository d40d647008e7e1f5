/** The command line ({@code Main}) and the wiring ({@code Broker}); nobody imports this package. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker;
