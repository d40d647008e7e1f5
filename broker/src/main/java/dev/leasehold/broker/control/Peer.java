package dev.leasehold.broker.control;

import java.util.Optional;

/**
 * The other end of a connection.
 *
 * @param uid by the kernel's word; empty on the loopback address, and for a uid that is not known
 */
record Peer(Optional<Integer> uid, CallerConnection connection) {}
