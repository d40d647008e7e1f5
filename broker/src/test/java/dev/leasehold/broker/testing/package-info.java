/** Hand-written stand-ins, one per interface, shared by the tests of all modules. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.testing;
