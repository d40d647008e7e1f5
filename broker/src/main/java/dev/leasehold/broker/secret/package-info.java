/** Secret bytes and who may lend them out, and the store that secrets come from. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.secret;
