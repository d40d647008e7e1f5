/** HTTP/1.1 messages on the wire: heads and framing, read strictly and written anew. Pure. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.http;
