/**
 * The CA under which intercepted TLS is answered: constrained to the configured hosts, its keys in
 * memory only, its public certificates in files for those who shall trust it.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.ca;
