package dev.leasehold.broker.vault;

import java.time.Duration;

/**
 * Who signs the interception CA.
 *
 * @param path of Vault's PKI engine that signs intermediates
 * @param life of what is signed
 */
public record SigningConfig(String path, Duration life) {}
