/** The HTTP listeners, the order of a request's steps, and how failures become answers. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.proxy;
