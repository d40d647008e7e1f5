package dev.leasehold.broker.admin;

import java.net.InetSocketAddress;

/**
 * The {@code listen.admin} setting.
 *
 * @param address any address; port 0 takes a free one
 */
public record AdminConfig(InetSocketAddress address) {}
