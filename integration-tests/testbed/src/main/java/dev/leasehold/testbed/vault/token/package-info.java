/** Tokens: their tree, their lives, the roles that bound them, and logins that make them. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.vault.token;
