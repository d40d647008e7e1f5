/** The auth methods: tokens, client certificates, JWTs. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.vault.auth;
