/**
 * The clients that agents are made of, each a script of {@code src/test/resources/clients}, call an
 * API over HTTPS through Leasehold. Nothing of them is changed but the environment of their task.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.suite.clients;
